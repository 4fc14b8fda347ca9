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

export function printSection({ title, figures, files }: Section): void {
	process.stdout.write(`\n${title}\n${formatTable(files)}${formatTable(figures.map(toRow))}`);
}

function toRow(figure: Figure) {
	const { name, value, unit = '', bar } = figure;
	const limit = bar && ('atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`);
	const target = bar && `${limit}: ${isMet(figure) ? 'met' : 'MISSED'}`;
	return { name, value, unit, target: target ?? '' };
}

/** Aligns numbers to the right. Returns '' without rows. */
function formatTable(rows: readonly Record<string, string | number>[]): string {
	const columns = Object.keys(rows[0] ?? {}).map((name) => {
		const values = rows.map((row) => row[name] ?? '');
		const cells = [name, ...values.map((value) => (typeof value === 'number' ? formatNumber(value) : value))];
		const width = Math.max(...cells.map((cell) => cell.length));
		const isNumeric = values.every((value) => typeof value === 'number');
		return cells.map((cell) => (isNumeric ? cell.padStart(width) : cell.padEnd(width)));
	});
	const lines = (columns[0] ?? []).map((_, line) => columns.map((cells) => cells[line]).join('  '));
	return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function formatNumber(value: number): string {
	return String(Math.round(1000 * value) / 1000);
}
