import type { ListedObject } from '../../src/list-objects.ts';
import type { Storage } from '../../src/storage.ts';

/** Every object under the prefix, gathered in pages of `limit`, each begun after the last key of the one before. */
export async function listAll(storage: Storage, prefix: string, limit?: number): Promise<ListedObject[]> {
	const all: ListedObject[] = [];
	for (;;) {
		const startAfter = all.at(-1)?.key ?? '';
		const { objects, isLast } = await storage.listObjects({
			prefix,
			startAfter,
			...(limit === undefined ? {} : { limit }),
		});
		all.push(...objects);
		if (isLast) return all;
	}
}
