import { formatReport } from '@creatorr/service/format-report';

/** A measured number and its target. */
export interface Figure {
	name: string;
	/** NaN where nothing could be measured. */
	value: number;
	unit?: string;
	bar?: { atMost: number } | { atLeast: number } | undefined;
}

export interface Section {
	title: string;
	figures: Figure[];
	/** A row for each file, round or process, with the same columns. */
	files: Record<string, string | number>[];
}

/** Returns undefined without a target. A target whose value could not be measured is missed. */
export function isMet({ value, bar }: Figure): boolean | undefined {
	if (!bar) return undefined;
	return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast;
}

export function renderSection({ title, figures, files }: Section): string {
	const rows = files.map((file) =>
		Object.fromEntries(Object.entries(file).map(([name, value]) => [name, cell(value)])),
	);
	const tables = {
		...(rows.length > 0 && { rows }),
		...(figures.length > 0 && { figures: figures.map(toRow) }),
	};
	return `\n${title}\n${formatReport(tables)}`;
}

function toRow(figure: Figure) {
	const { name, value, unit = '', bar } = figure;
	const limit = bar ? ('atMost' in bar ? `≤ ${cell(bar.atMost)}` : `≥ ${cell(bar.atLeast)}`) : '';
	const met = isMet(figure);
	return {
		name,
		value: Number.isNaN(value) ? 'not measured' : `${cell(value)} ${unit}`.trim(),
		bar: limit,
		verdict: met === undefined ? '' : met ? 'met' : 'MISSED',
	};
}

function cell(value: string | number): string {
	if (typeof value !== 'number') return value;
	if (Number.isNaN(value)) return '–';
	if (Number.isInteger(value)) return String(value);
	return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
