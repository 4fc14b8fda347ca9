const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** How long to wait after so many failures in a row: doubling, and somewhere in its second half, so that many clients don't come at once. */
export function backoffMs(failures: number): number {
	const fullMs = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
	return fullMs * (0.5 + Math.random() / 2);
}
