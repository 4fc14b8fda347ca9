import type { FilesService } from './files-service.ts';

/** Counts calls of one operation of the store until `restore`; the calls still reach the store. */
export function countStoreCalls(service: FilesService, operation: 'headObject' | 'completeMultipart') {
	const { store } = service.deps;
	const original = store[operation] as (input: never) => Promise<unknown>;
	let running = 0;
	const count = {
		calls: 0,
		maxConcurrent: 0,
		restore: () => void Object.assign(store, { [operation]: original }),
	};
	const counted = async (input: never) => {
		count.calls += 1;
		running += 1;
		count.maxConcurrent = Math.max(count.maxConcurrent, running);
		try {
			return await original(input);
		} finally {
			running -= 1;
		}
	};
	Object.assign(store, { [operation]: counted });
	return count;
}
