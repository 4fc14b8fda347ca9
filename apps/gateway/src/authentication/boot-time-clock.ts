interface Clocks {
	/** Stops while the machine sleeps. */
	monotonicMs: () => number;
	/** Jumps when it is set. */
	wallMs: () => number;
}

/** How far the two clocks may drift apart through rounding and slewing. */
const TOLERANCE_MS = 100;

/**
 * Returns a clock in milliseconds that never goes back and includes the time when the machine sleeps, like the boot time clock of Linux,
 * which Node can't read. A lease would otherwise outlive its grant during sleep.
 */
export function createBootTimeClock({ monotonicMs, wallMs }: Clocks): () => number {
	let lastMonotonicMs = monotonicMs();
	let lastWallMs = wallMs();
	let sleptMs = 0;
	return () => {
		const nowMonotonicMs = monotonicMs();
		const nowWallMs = wallMs();
		const missedMs = nowWallMs - lastWallMs - (nowMonotonicMs - lastMonotonicMs);
		if (missedMs > TOLERANCE_MS) sleptMs += missedMs;
		lastMonotonicMs = nowMonotonicMs;
		lastWallMs = nowWallMs;
		return nowMonotonicMs + sleptMs;
	};
}
