import { defineTask, type Task } from '@creatorr/service/task';

const INTERVAL_MS = 60_000;
/** Bounds the time of a statement after a long pause. The next run deletes the rest. */
const BATCH_SIZE = 10_000;

/** Defines a task that deletes expired rows every minute, at most `batchSize` of them. Any number of replicas may run it at once. */
export function definePruneTask<Deps>(
	name: string,
	prune: (deps: Deps, batchSize: number) => Promise<unknown>,
): Task<Deps> {
	return defineTask<Deps>({ name, everyMs: INTERVAL_MS, run: (deps) => prune(deps, BATCH_SIZE) });
}
