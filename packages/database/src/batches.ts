/**
 * Runs a statement that changes at most `batchSize` rows until it changes fewer, and returns how many rows it has changed. Each batch is a
 * transaction of its own, so that none holds locks for long.
 */
export async function inBatches(batchSize: number, changeBatch: () => PromiseLike<number>): Promise<number> {
	let changed = 0;
	let count: number;
	do {
		count = await changeBatch();
		changed += count;
	} while (count >= batchSize);
	return changed;
}
