type Effect = () => void;

const effectsOf = new WeakMap<object, Effect[]>();

/**
 * Registers an effect, such as a count, that runs after the transaction of `inTransaction` has committed, and not if it rolls back. The
 * effect must not throw: the transaction is committed, so no caller can handle the exception.
 */
export function afterCommit(tx: object, effect: Effect): void {
	const effects = effectsOf.get(tx);
	if (!effects) throw new Error('this transaction was not begun by inTransaction');
	effects.push(effect);
}

/** Runs a transaction, and after its commit the effects registered for it. `run` passes the transaction to `enlist` first. */
export async function runAfterCommit<R>(run: (enlist: (tx: object) => void) => Promise<R>): Promise<R> {
	const effects: Effect[] = [];
	const result = await run((tx) => effectsOf.set(tx, effects));
	for (const effect of effects) effect();
	return result;
}
