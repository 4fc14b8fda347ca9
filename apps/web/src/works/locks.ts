/**
 * Locks over all tabs of this browser. Where there are none (pages without TLS), each tab drives every work: the API stays
 * right, as keys and ids are the same in all of them, but work is done twice, and what one tab shows another may not.
 */
const locks: LockManager | undefined = globalThis.navigator?.locks;

/** Calls back once this tab has the lock, which it keeps until the returned function is called. */
export function wantLock(name: string, onHeld: () => void): () => void {
	if (!locks) {
		queueMicrotask(onHeld);
		return () => {};
	}
	const waiting = new AbortController();
	let end = () => waiting.abort();
	locks
		.request(name, { signal: waiting.signal }, () => {
			const { promise, resolve } = Promise.withResolvers<void>();
			end = resolve;
			onHeld();
			return promise;
		})
		// no longer wanted
		.catch(() => {});
	return () => end();
}

/** One of so many slots, over all tabs; gives what frees it, or undefined when all are taken. */
export async function takeSlot(name: string, count: number): Promise<(() => void) | undefined> {
	if (!locks) return () => {};
	for (let slot = 0; slot < count; slot += 1) {
		const free = await tryLock(locks, `${name}.${slot}`);
		if (free) return free;
	}
	return undefined;
}

function tryLock(manager: LockManager, name: string): Promise<(() => void) | undefined> {
	return new Promise((answer, refuse) => {
		manager
			.request(name, { ifAvailable: true }, (lock) => {
				if (!lock) return answer(undefined);
				const { promise, resolve } = Promise.withResolvers<void>();
				answer(resolve);
				return promise;
			})
			.catch(refuse);
	});
}
