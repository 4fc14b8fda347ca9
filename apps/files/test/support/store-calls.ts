import type { FilesService } from './files-service.ts';

/** Counts the calls of one operation of the store, which still happen, until `restore`. */
export function countStoreCalls(service: FilesService, operation: 'head' | 'joinParts') {
	const { store } = service.dependencies;
	const original = store[operation] as (input: never) => Promise<never>;
	let running = 0;
	const count = {
		calls: 0,
		mostAtOnce: 0,
		restore: () => void Object.assign(store, { [operation]: original }),
	};
	const counted = async (input: never) => {
		count.calls += 1;
		running += 1;
		count.mostAtOnce = Math.max(count.mostAtOnce, running);
		try {
			return await original(input);
		} finally {
			running -= 1;
		}
	};
	Object.assign(store, { [operation]: counted });
	return count;
}
