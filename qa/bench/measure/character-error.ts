/**
 * Returns the share of characters that are wrong: insertions, deletions and replacements that turn the truth into what was
 * read, per character of the truth. White space counts as one space, a ligature as its letters.
 */
export function characterErrorRate(truth: string, read: string): number {
	const [expected, actual] = [normalize(truth), normalize(read)];
	return editDistance(expected, actual) / Math.max(1, expected.length);
}

function normalize(text: string): string[] {
	return [...text.normalize('NFKC').replace(/\s+/g, ' ').trim()];
}

/** The Levenshtein distance. */
function editDistance(a: readonly string[], b: readonly string[]): number {
	const distances = Uint32Array.from({ length: b.length + 1 }, (_, column) => column);
	for (const [row, letter] of a.entries()) {
		let diagonal = row;
		distances[0] = row + 1;
		for (let column = 1; column < distances.length; column += 1) {
			const above = distances[column] ?? 0;
			const replaced = diagonal + (letter === b[column - 1] ? 0 : 1);
			distances[column] = Math.min(replaced, above + 1, (distances[column - 1] ?? 0) + 1);
			diagonal = above;
		}
	}
	return distances[b.length] ?? 0;
}
