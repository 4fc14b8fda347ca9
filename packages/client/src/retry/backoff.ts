const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** Returns the delay after consecutive failures: exponential, with jitter in its second half, so that clients don't retry together. */
export function backoffMs(failures: number): number {
	const fullMs = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
	return fullMs * (0.5 + Math.random() / 2);
}
