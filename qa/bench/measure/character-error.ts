import leven from 'leven';

/**
 * Returns the character error rate: insertions, deletions and replacements that turn the true text into the recognized one, per
 * character of the true text. White space counts as one space, a ligature as its letters.
 */
export function characterErrorRate(truth: string, read: string): number {
	const [expected, actual] = [normalize(truth), normalize(read)];
	return leven(expected, actual) / Math.max(1, expected.length);
}

function normalize(text: string): string {
	return text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}
