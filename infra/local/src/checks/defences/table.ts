import type { Trial } from './try-defences.ts';

const HEAD = ['', 'DEFENCE', 'CODE', 'TEST'];

/** A line a defence: whether a test misses it, what it is, where its code is, and which test that is. */
export function defencesTable(trials: readonly Trial[]): string {
	const rows = trials.map(({ defence: { name, file, suite, test }, problem }) => [
		problem === undefined ? 'missed' : 'NOT MISSED',
		name,
		file,
		`${suite}: ${test}`,
	]);
	return aligned([HEAD, ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string {
	const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}
