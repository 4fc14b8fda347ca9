/**
 * The share of characters that are wrong: the least insertions, deletions and replacements that make the truth of what was read,
 * over the length of the truth. Line ends and other spaces count as one space each run, ligatures as their letters.
 */
export function characterErrorRate(truth: string, read: string): number {
	const [a, b] = [normalise(truth), normalise(read)];
	return editDistance(a, b) / Math.max(1, a.length);
}

function normalise(text: string): string[] {
	return [...text.normalize('NFKC').replace(/\s+/g, ' ').trim()];
}

function editDistance(a: readonly string[], b: readonly string[]): number {
	let row = Uint32Array.from({ length: b.length + 1 }, (_, column) => column);
	for (const [index, letter] of a.entries()) row = nextRow(row, letter, b, index + 1);
	return row[b.length] ?? 0;
}

function nextRow(
	above: Uint32Array,
	letter: string,
	b: readonly string[],
	first: number,
): Uint32Array<ArrayBuffer> {
	const row = new Uint32Array(above.length);
	row[0] = first;
	let left = first;
	for (let column = 1; column < row.length; column += 1) {
		const replaced = (above[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
		left = Math.min(replaced, left + 1, (above[column] ?? 0) + 1);
		row[column] = left;
	}
	return row;
}
