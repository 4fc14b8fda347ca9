import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DASHBOARDS } from '../src/dashboards.ts';
import { renderDashboard } from '../src/render-dashboard.ts';
import { knownSeries, seriesOf } from './metrics.ts';

const DIRECTORY = join(import.meta.dirname, '..', 'grafana');

const panels = DASHBOARDS.flatMap(({ rows }) => rows.flatMap((row) => row.panels));

test.each(panels.map((panel) => [panel.title, panel] as const))(
	'"%s" uses only existing series',
	(_, panel) => {
		const known = knownSeries();
		for (const { expr } of panel.queries) {
			const asked = seriesOf(expr);
			expect(asked.length).toBeGreaterThan(0);
			expect(asked.filter((name) => !known.has(name))).toEqual([]);
		}
	},
);

test('the directory has exactly the files that the code generates', () => {
	expect(readdirSync(DIRECTORY).sort()).toEqual(DASHBOARDS.map(({ uid }) => `${uid}.json`).sort());
	for (const dashboard of DASHBOARDS) {
		const file = JSON.parse(readFileSync(join(DIRECTORY, `${dashboard.uid}.json`), 'utf8')) as unknown;
		expect(file).toEqual(renderDashboard(dashboard));
	}
});

test('panels neither overlap nor share an id', () => {
	for (const dashboard of DASHBOARDS) {
		const { panels: placed } = renderDashboard(dashboard) as {
			panels: { id: number; gridPos: { x: number; y: number } }[];
		};
		expect(new Set(placed.map((panel) => panel.id)).size).toBe(placed.length);
		expect(new Set(placed.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)).size).toBe(placed.length);
	}
});

test('seriesOf reads the series of an expression without functions, labels and ranges', () => {
	const expr =
		'histogram_quantile(0.95, sum by (le, tool) (rate(a_bucket{job="b",x=~"c|d"}[5m]))) / max(e) unless f > 4 * 3600';
	expect(seriesOf(expr)).toEqual(['a_bucket', 'e', 'f']);
});
