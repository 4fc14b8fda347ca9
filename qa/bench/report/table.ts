import { type Figure, isMet, type Section } from './figure.ts';

/** A section as text of aligned columns. */
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
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
	);
	return rows.map((row) =>
		row
			.map((text, column) => text.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd(),
	);
}
