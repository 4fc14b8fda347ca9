const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long a delivery is tried for, as at Stripe. */
export const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** How long to wait after so many failed attempts; Stripe's waits, which grow to hours, made short. */
export function backoffMs(attempts: number): number {
	return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 16));
}
