type Variants = Record<string, () => Promise<unknown>>;
type Results<V extends Variants> = { [Name in keyof V]: Awaited<ReturnType<V[Name]>>[] };

/**
 * Runs every variant once a round, one after the other, so that other load on the machine affects all of them. Resolves with
 * the results of each variant, in order.
 */
export async function runRounds<V extends Variants>(rounds: number, variants: V): Promise<Results<V>> {
	const results: Record<string, unknown[]> = {};
	for (let round = 0; round < rounds; round += 1) {
		for (const [name, run] of Object.entries(variants)) {
			results[name] ??= [];
			results[name].push(await run());
		}
	}
	return results as Results<V>;
}
