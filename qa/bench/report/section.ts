/** A measured number and its target. */
export interface Figure {
	name: string;
	/** NaN where nothing could be measured. */
	value: number;
	unit?: string;
	bar?: { atMost: number } | { atLeast: number } | undefined;
}

/** Everything that was measured about one thing. */
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

/** Renders a section as text in aligned columns. */
export function renderSection({ title, figures, files }: Section): string {
	const columns = Object.keys(files[0] ?? {});
	const table = [columns, ...files.map((file) => columns.map((name) => cell(file[name])))];
	const heads = ['figure', 'value', 'bar', ''];
	const bars = figures.length === 0 ? [] : ['', ...align([heads, ...figures.map(figureCells)])];
	return [`\n${title}`, ...align(table), ...bars].join('\n');
}

function figureCells(figure: Figure): string[] {
	const { name, value, unit = '', bar } = figure;
	const limit = bar ? ('atMost' in bar ? `≤ ${cell(bar.atMost)}` : `≥ ${cell(bar.atLeast)}`) : '';
	const met = isMet(figure);
	const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
	return [name, Number.isNaN(value) ? 'not measured' : `${cell(value)} ${unit}`.trim(), limit, verdict];
}

function cell(value: string | number | undefined): string {
	if (typeof value !== 'number') return value ?? '';
	if (Number.isNaN(value)) return '–';
	if (Number.isInteger(value)) return String(value);
	return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}

function align(rows: readonly string[][]): string[] {
	const columns = rows[0] ?? [];
	const widths = columns.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
	const pad = (text: string, column: number) => text.padEnd(widths[column] ?? 0);
	return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
