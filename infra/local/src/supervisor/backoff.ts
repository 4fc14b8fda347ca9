const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before the next start of a process that died `failures` times in a row (1 = the first time):
 * 0.1 s, doubling up to 30 s, so that one death is hardly noticed and a hopeless process costs little.
 */
export function restartDelayMs(failures: number): number {
	return Math.min(FIRST_DELAY_MS * 2 ** Math.max(failures - 1, 0), LONGEST_DELAY_MS);
}
