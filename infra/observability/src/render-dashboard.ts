import type { Dashboard, Panel, Row } from './panel.ts';

const PANEL_WIDTH = 8;
const PANEL_HEIGHT = 8;
const PANELS_A_LINE = 3;
const SCHEMA_VERSION = 41;

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

function renderPanel(panel: Panel, place: { id: number; x: number; y: number }): object {
	return {
		id: place.id,
		type: 'timeseries',
		title: panel.title,
		description: panel.description,
		datasource: DATASOURCE,
		gridPos: { x: place.x, y: place.y, w: PANEL_WIDTH, h: PANEL_HEIGHT },
		fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
		options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
		targets: panel.queries.map(({ expr, legend }, index) => ({
			refId: String.fromCharCode('A'.charCodeAt(0) + index),
			datasource: DATASOURCE,
			expr,
			legendFormat: legend,
		})),
	};
}

function renderRow(row: Row, from: { id: number; y: number }): object[] {
	const header = {
		id: from.id,
		type: 'row',
		title: row.title,
		collapsed: false,
		gridPos: { x: 0, y: from.y, w: PANEL_WIDTH * PANELS_A_LINE, h: 1 },
		panels: [],
	};
	const panels = row.panels.map((panel, index) =>
		renderPanel(panel, {
			id: from.id + 1 + index,
			x: (index % PANELS_A_LINE) * PANEL_WIDTH,
			y: from.y + 1 + Math.floor(index / PANELS_A_LINE) * PANEL_HEIGHT,
		}),
	);
	return [header, ...panels];
}

/** Returns the JSON that Grafana imports, or provisions from a file. */
export function renderDashboard({ uid, title, rows }: Dashboard): object {
	const panels: object[] = [];
	let y = 0;
	for (const row of rows) {
		panels.push(...renderRow(row, { id: panels.length + 1, y }));
		y += 1 + Math.ceil(row.panels.length / PANELS_A_LINE) * PANEL_HEIGHT;
	}
	return {
		uid,
		title,
		tags: ['creatorr'],
		schemaVersion: SCHEMA_VERSION,
		editable: true,
		refresh: '30s',
		time: { from: 'now-6h', to: 'now' },
		templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
		panels,
	};
}
