/**
 * Returns the distance of two samples by the Mann–Whitney test: 0 if they are evenly mixed, and beyond 5 by chance once in a million times. It
 * uses only the order, so that a busy machine, which slows both, has no influence.
 */
export function rankDistance(one: readonly number[], other: readonly number[]): number {
	const [n, m] = [one.length, other.length];
	let isGreater = 0;
	for (const a of one) for (const b of other) isGreater += a > b ? 1 : a === b ? 0.5 : 0;
	return Math.abs(isGreater - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

/** Measures both in turn, in random order, so that neither has an advantage. */
export async function timeBoth(
	rounds: number,
	pair: readonly [() => PromiseLike<unknown>, () => PromiseLike<unknown>],
): Promise<[number[], number[]]> {
	const timesMs: [number[], number[]] = [[], []];
	for (let round = 0; round < rounds; round += 1) {
		const order = Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const);
		for (const which of order) {
			const startedAtMs = performance.now();
			await pair[which]();
			timesMs[which].push(performance.now() - startedAtMs);
		}
	}
	return timesMs;
}
