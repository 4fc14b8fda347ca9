import leven from 'leven';

/**
 * Returns the share of characters that are wrong: insertions, deletions and replacements that turn the truth into what was
 * read, per character of the truth. White space counts as one space, a ligature as its letters.
 */
export function characterErrorRate(truth: string, read: string): number {
	const [expected, actual] = [normalize(truth), normalize(read)];
	return leven(expected, actual) / Math.max(1, expected.length);
}

function normalize(text: string): string {
	return text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}
