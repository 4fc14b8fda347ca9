import type { BarChart, Chart, LineChart } from './chart.ts';
import { niceTicks } from './ticks.ts';

const WIDTH = 720;
const LABEL_WIDTH = 320;
const VALUE_WIDTH = 90;
const TITLE_HEIGHT = 36;
const BAR_HEIGHT = 22;
const BAR_STEP = 32;
const PLOT_HEIGHT = 240;
const AXIS_WIDTH = 64;
const AXIS_HEIGHT = 36;
const LEGEND_STEP = 16;
const MARGIN = 12;
/** Told apart by most people who see colours otherwise (Okabe and Ito). */
const COLOURS = [
	...['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'],
] as const;

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
	return text.replace(/[&<>"]/g, (character) => NAMED[character] ?? '');
}

/** Short numbers, and the same text everywhere. */
function number(value: number): string {
	return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function at(value: number): string {
	return String(Math.round(value * 10) / 10);
}

function text(x: number, y: number, content: string, attributes = ''): string {
	return `<text x="${at(x)}" y="${at(y)}" ${attributes}>${escapeXml(content)}</text>`;
}

function svg(height: number, title: string, parts: readonly string[]): string {
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" role="img" font-family="sans-serif" font-size="12">`,
		`<title>${escapeXml(title)}</title>`,
		'<rect width="100%" height="100%" fill="#fff"/>',
		text(MARGIN, 22, title, 'font-size="14" font-weight="bold"'),
		...parts,
		'</svg>\n',
	].join('\n');
}

function bars({ title, unit, bars: all }: BarChart): string {
	const most = Math.max(0, ...all.map(({ value, range }) => range?.[1] ?? value).filter(Number.isFinite));
	const scale = most > 0 ? (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most : 0;
	const parts = all.flatMap(({ label, value, range }, index) => {
		const top = TITLE_HEIGHT + index * BAR_STEP;
		const middle = top + BAR_HEIGHT / 2;
		const width = Number.isFinite(value) ? value * scale : 0;
		const [low, high] = (range ?? []).map((end) => LABEL_WIDTH + end * scale);
		const end = Math.max(LABEL_WIDTH + width, high ?? 0);
		return [
			text(LABEL_WIDTH - 8, middle + 4, label, 'text-anchor="end"'),
			`<rect x="${LABEL_WIDTH}" y="${top}" width="${at(width)}" height="${BAR_HEIGHT}" fill="${COLOURS[0]}"/>`,
			...(low === undefined || high === undefined
				? []
				: [`<path d="M${at(low)} ${middle}H${at(high)}" stroke="#000" stroke-width="2"/>`]),
			text(end + 6, middle + 4, Number.isFinite(value) ? `${number(value)} ${unit}` : 'not measured'),
		];
	});
	return svg(TITLE_HEIGHT + all.length * BAR_STEP + MARGIN, title, parts);
}

function lines({ title, xUnit, yUnit, lines: all }: LineChart): string {
	const points = all.flatMap((line) => line.points);
	const xTicks = niceTicks(Math.max(0, ...points.map(([x]) => x)));
	const yTicks = niceTicks(Math.max(0, ...points.map(([, y]) => y)));
	const [right, bottom] = [WIDTH - MARGIN, TITLE_HEIGHT + PLOT_HEIGHT];
	const toX = (x: number) => AXIS_WIDTH + (x / (xTicks.at(-1) ?? 1)) * (right - AXIS_WIDTH);
	const toY = (y: number) => bottom - (y / (yTicks.at(-1) ?? 1)) * PLOT_HEIGHT;
	const grid = yTicks.flatMap((y) => [
		`<path d="M${AXIS_WIDTH} ${at(toY(y))}H${right}" stroke="#ddd"/>`,
		text(AXIS_WIDTH - 6, toY(y) + 4, number(y), 'text-anchor="end"'),
	]);
	const xAxis = xTicks.map((x) => text(toX(x), bottom + 16, number(x), 'text-anchor="middle"'));
	const legendTop = bottom + AXIS_HEIGHT;
	const drawn = all.flatMap(({ label, points: path }, index) => {
		const colour = COLOURS[index % COLOURS.length];
		const dashes = index < COLOURS.length ? '' : ' stroke-dasharray="4 3"';
		const y = legendTop + (index + 1) * LEGEND_STEP;
		return [
			`<polyline fill="none" stroke="${colour}" stroke-width="1.5"${dashes} points="${path.map(([x, value]) => `${at(toX(x))},${at(toY(value))}`).join(' ')}"/>`,
			`<path d="M${AXIS_WIDTH} ${y - 4}h24" stroke="${colour}" stroke-width="3"${dashes}/>`,
			text(AXIS_WIDTH + 32, y, label),
		];
	});
	const units = text(right, bottom + 30, `${yUnit}, by ${xUnit}`, 'text-anchor="end"');
	return svg(legendTop + all.length * LEGEND_STEP + MARGIN, title, [...grid, ...xAxis, units, ...drawn]);
}

/** The chart as an SVG document, which needs nothing else to be shown. */
export function renderChart(chart: Chart): string {
	return chart.kind === 'bars' ? bars(chart) : lines(chart);
}
