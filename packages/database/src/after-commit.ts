type Effect = () => void;

const effectsOf = new WeakMap<object, Effect[]>();

/**
 * Has the effect happen once the transaction has committed, and not at all where it does not: a count, say, of what was done
 * in it. For transactions of `inTransaction`; what throws there is a bug that nobody could answer for any more.
 */
export function afterCommit(tx: object, effect: Effect): void {
	const effects = effectsOf.get(tx);
	if (!effects) throw new Error('this transaction was not begun by inTransaction');
	effects.push(effect);
}

/** Runs a transaction, which enlists itself, and then what it has asked for. */
export async function runAfterCommit<R>(run: (enlist: (tx: object) => void) => Promise<R>): Promise<R> {
	const effects: Effect[] = [];
	const result = await run((tx) => effectsOf.set(tx, effects));
	for (const effect of effects) effect();
	return result;
}
