import type { Logger } from '@creatorr/service/logger';
import { countRun, countThings } from '../../chore-metrics.ts';
import type { ChoreRecords, Counts, Turn } from '../ports.ts';

export interface ChoreDeps {
	chores: ChoreRecords;
	logger: Logger;
}

interface Chore {
	/** Its row and its log line carry it. */
	name: string;
	everyMs: number;
	/** Goes on from the turn's position, and calls `keep` after each part; once that is false the turn belongs to somebody else. */
	work(turn: Turn, keep: Keep, stopping: AbortSignal): Promise<'done' | 'broken off'>;
}

/** Notes how far the turn has come, by adding what was counted since. */
export type Keep = (part: { position: string; counts: Counts }) => Promise<boolean>;

/** Longer than a part of any chore takes, even when the store lets every call wait; whoever is silent for so long is dead. */
export const LEASE_MS = 15 * 60_000;
const RETRY_MS = 15 * 60_000;

/**
 * Does a chore if it is due and no other process is at it, and logs what was done over all the processes that had a part in it.
 * One that fails is tried again from where it was; its failure stands in its row and is thrown.
 */
export async function doChore(
	{ chores, logger }: ChoreDeps,
	{ name, everyMs, work }: Chore,
	stopping: AbortSignal,
): Promise<void> {
	const turn = await chores.take(name, LEASE_MS);
	if (!turn) return;
	const keep: Keep = async ({ position, counts }) => {
		turn.position = position;
		turn.counts = addCounts(turn.counts, counts);
		return await chores.keep(turn, LEASE_MS);
	};
	try {
		if ((await work(turn, keep, stopping)) === 'broken off') {
			await chores.giveBack(turn);
			countRun(name, 'broken off');
			return;
		}
		await chores.finish(turn, everyMs);
		countRun(name, 'done');
		countThings(name, turn.counts);
		logger.info(`${name}.done`, { ...turn.counts });
	} catch (error) {
		countRun(name, 'failed');
		const failure = error instanceof Error ? error.message : String(error);
		// With the database away not even this can be noted; the lease runs out then.
		await chores.fail(turn, { failure, nextInMs: RETRY_MS }).catch(() => undefined);
		throw error;
	}
}

function addCounts(before: Counts, more: Counts): Counts {
	const names = Object.keys({ ...before, ...more });
	return Object.fromEntries(names.map((name) => [name, (before[name] ?? 0) + (more[name] ?? 0)]));
}
