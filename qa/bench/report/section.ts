import { Console } from 'node:console';

const { table } = new Console(process.stdout);

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
	process.stdout.write(`\n${title}\n`);
	if (files.length > 0) table(files.map(roundNumbers));
	if (figures.length > 0) table(figures.map(toRow));
}

function toRow(figure: Figure) {
	const { name, value, unit = '', bar } = figure;
	const limit = bar && ('atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`);
	const target = bar && `${limit}: ${isMet(figure) ? 'met' : 'MISSED'}`;
	return roundNumbers({ name, value, unit, target: target ?? '' });
}

function roundNumbers(row: Record<string, string | number>): Record<string, string | number> {
	const cells = Object.entries(row).map(([name, value]) => {
		return [name, typeof value === 'number' ? Math.round(1_000 * value) / 1_000 : value];
	});
	return Object.fromEntries(cells);
}
