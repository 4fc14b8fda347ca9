import type { PartProblem } from './errors.ts';
import { canonicalEtag } from './etag.ts';
import type { StoredPart } from './list-parts.ts';

export type ClaimedPart = { readonly partNumber: number; readonly etag: string };

/**
 * What is wrong with completing an upload of `sizeBytes` from `claimed`, given what the store has; empty when nothing.
 * The store itself would join any subset, and so turn a forgotten part into a short file that cannot be mended.
 */
export function checkParts(
	claimed: readonly ClaimedPart[],
	stored: readonly StoredPart[],
	sizeBytes: number,
): PartProblem[] {
	const storedByNumber = new Map(stored.map((part) => [part.partNumber, part]));
	const problems = claimed.flatMap((part, index) => {
		const problem = checkPart(part, claimed[index - 1], storedByNumber.get(part.partNumber));
		return problem === null ? [] : [{ partNumber: part.partNumber, message: problem }];
	});
	if (problems.length > 0) {
		return problems;
	}
	const claimedBytes = claimed.reduce(
		(sum, part) => sum + (storedByNumber.get(part.partNumber)?.sizeBytes ?? 0),
		0,
	);
	return claimedBytes === sizeBytes
		? []
		: [{ message: `the parts add up to ${claimedBytes} bytes instead of ${sizeBytes}` }];
}

function checkPart(
	part: ClaimedPart,
	previous: ClaimedPart | undefined,
	stored: StoredPart | undefined,
): string | null {
	if (previous !== undefined && previous.partNumber >= part.partNumber) {
		return `part ${part.partNumber} is not in ascending order`;
	}
	if (stored === undefined) {
		return `part ${part.partNumber} has not been uploaded`;
	}
	if (stored.etag !== canonicalEtag(part.etag)) {
		return `part ${part.partNumber} was uploaded with another etag`;
	}
	return null;
}
