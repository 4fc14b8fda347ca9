interface Clocks {
	/** Stands still while the machine sleeps. */
	monotonicMs: () => number;
	/** Jumps when somebody sets it. */
	wallMs: () => number;
}

/** What the two clocks may part by through rounding and slewing. */
const TOLERANCE_MS = 100;

/** Milliseconds that passed for the rest of the world: the monotonic clock, and the sleep of the machine too. Never goes back. */
export function createElapsedClock({ monotonicMs, wallMs }: Clocks): () => number {
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
