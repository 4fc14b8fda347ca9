/** The parts of a report: fields, sections, and lists of rows with the same fields. */
type Field = [name: string, value: unknown];

const INDENT = '  ';

function isSection(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !(value instanceof Date);
}

/** Formats a value on one line: user input must not look like another line or control the terminal. */
function cell(value: unknown): string {
	if (value === null || value === undefined) return '-';
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
	const text = isSection(value) ? JSON.stringify(value) : String(value);
	return text.replace(/\p{Cc}/gu, ' ');
}

function columns(rows: string[][]): string[] {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => (row[column] ?? '').length)),
	);
	return rows.map((row) =>
		row
			.map((text, column) => text.padEnd(widths[column] ?? 0))
			.join(INDENT)
			.trimEnd(),
	);
}

function tableLines(rows: readonly unknown[]): string[] {
	const [first] = rows;
	if (!isSection(first)) return rows.map(cell);
	const names = Object.keys(first);
	return columns([names, ...rows.map((row) => names.map((name) => cell((row as never)[name])))]);
}

function sectionLines([name, value]: Field): string[] {
	const lines = Array.isArray(value) ? tableLines(value) : reportLines(value as object);
	return ['', lines.length === 0 ? `${name}: none` : name, ...lines.map((line) => line && INDENT + line)];
}

function reportLines(report: object): string[] {
	const fields: Field[] = Object.entries(report);
	const plain = fields.filter(([, value]) => !isSection(value));
	const sections = fields.filter(([, value]) => isSection(value));
	return [...columns(plain.map(([name, value]) => [name, cell(value)])), ...sections.flatMap(sectionLines)];
}

/** Formats a report: fields in columns, sections and tables under their names. */
export function formatReport(report: object): string {
	return `${reportLines(report).join('\n').trim()}\n`;
}
