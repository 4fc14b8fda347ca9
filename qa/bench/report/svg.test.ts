import { expect, test } from '@jest/globals';
import { renderChart } from './svg.ts';
import { niceTicks } from './ticks.ts';

test('bars are as long as their values, and say what they are', () => {
	const svg = renderChart({
		kind: 'bars',
		title: 'a < b',
		unit: 'req/s',
		bars: [
			{ label: 'ours', value: 200, range: [150, 200] },
			{ label: 'theirs', value: 50 },
			{ label: 'nobody', value: Number.NaN },
		],
	});
	const widths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
		Number(width),
	);
	expect(widths[1]).toBeCloseTo((widths[0] ?? 0) / 4, 0);
	expect(widths[2]).toBe(0);
	expect(svg).toContain('a &lt; b');
	expect(svg).toContain('>200 req/s<');
	expect(svg).toContain('>not measured<');
	expect(svg).not.toContain('NaN');
});

test('a line goes through its points, higher values higher up', () => {
	const svg = renderChart({
		kind: 'lines',
		title: 'memory',
		xUnit: 'min',
		yUnit: 'MiB',
		lines: [
			{
				label: 'gateway',
				points: [
					[0, 50],
					[10, 100],
				],
			},
		],
	});
	const [, points = ''] = /points="([^"]+)"/.exec(svg) ?? [];
	const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = points
		.split(' ')
		.map((point) => point.split(',').map(Number));
	expect(x1).toBeGreaterThan(x0);
	expect(y1).toBeLessThan(y0);
});

test('a chart of nothing is an empty one', () => {
	const empty = renderChart({ kind: 'lines', title: 'none', xUnit: 's', yUnit: 'jobs', lines: [] });
	expect(empty).toContain('<svg');
	expect(empty).not.toMatch(/NaN|Infinity/);
});

test.each([
	[0.9, [0, 0.2, 0.4, 0.6, 0.8, 1]],
	[100, [0, 20, 40, 60, 80, 100]],
	[17_300, [0, 5000, 10_000, 15_000, 20_000]],
	[0, [0, 1]],
])('an axis up to %d has round steps', (most, ticks) => {
	expect(niceTicks(most)).toEqual(ticks);
});
