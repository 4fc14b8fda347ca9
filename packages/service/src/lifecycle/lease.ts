/** Numbers of processed items, by kind. */
export type Counts = Readonly<Record<string, number>>;

/** The exclusive right of one process to run a task, until it ends the run or renews too late. */
export interface Lease {
	task: string;
	/** Identifies the holder: a process that has lost the lease changes nothing. */
	token: string;
	/** Position of the last checkpoint; empty at the start of a run. */
	position: string;
	/** Counts of all processes of this run, up to the last checkpoint. */
	counts: Counts;
	/** When the last completed run started; null before the first. */
	lastStartedAt: Date | null;
}

/** Stores the leases of a service's tasks for all its processes. */
export interface LeaseStore {
	/** Returns null if the task is not due or another process holds its lease. */
	acquire(task: string, leaseMs: number): Promise<Lease | null>;
	/** Saves position and counts, and extends the lease by `leaseMs`. Returns false if the lease was lost. */
	renew(lease: Lease, leaseMs: number): Promise<boolean>;
	/** Ends a run early: the next holder continues from the last checkpoint. Does nothing if the lease was lost. */
	release(lease: Lease): Promise<void>;
	/** Ends a completed run. If the lease was lost, the run counts as ended early, and the next holder completes it. */
	finish(lease: Lease, input: { nextInMs: number }): Promise<void>;
	/** Ends a failed run, which continues from the last checkpoint after `retryInMs`. Records nothing if the lease was lost. */
	fail(lease: Lease, input: { failure: string; retryInMs: number }): Promise<void>;
}

/** Saves the position of the run and adds to its counts. Returns false if the lease was lost: then the run must stop. */
export type Checkpoint = (progress: { position: string; counts: Counts }) => Promise<boolean>;

/** A run of a task that holds its lease. */
export interface LeasedRun extends Pick<Lease, 'position' | 'lastStartedAt'> {
	checkpoint: Checkpoint;
}

/** Duration and store of a lease, and when a failed run continues. */
export interface LeaseOptions<Deps> {
	/** Longer than the work between two checkpoints. */
	leaseMs: number;
	retryMs: number;
	store(deps: Deps): LeaseStore;
}

/**
 * Acquires the lease of a task and runs it. Does nothing if the task is not due or another process runs it. Records a failed run and throws
 * its error. Also throws if the lease can't be released after the run: when it expires, the run continues from its last checkpoint.
 */
export async function runWithLease(
	run: (leased: LeasedRun) => Promise<'done' | 'interrupted'>,
	{ task, leases, leaseMs, retryMs, everyMs }: LeasedTaskRun,
): Promise<void> {
	const lease = await leases.acquire(task, leaseMs);
	if (!lease) return;
	const checkpoint: Checkpoint = async ({ position, counts }) => {
		lease.position = position;
		lease.counts = addCounts(lease.counts, counts);
		return await leases.renew(lease, leaseMs);
	};
	const { position, lastStartedAt } = lease;
	let outcome: 'done' | 'interrupted';
	try {
		outcome = await run({ position, lastStartedAt, checkpoint });
	} catch (error) {
		const failure = error instanceof Error ? error.message : String(error);
		// Without its database the failure can't be recorded. Then the lease expires.
		await leases.fail(lease, { failure, retryInMs: retryMs }).catch(() => undefined);
		throw error;
	}
	if (outcome === 'interrupted') await leases.release(lease);
	else await leases.finish(lease, { nextInMs: everyMs });
}

interface LeasedTaskRun {
	task: string;
	leases: LeaseStore;
	leaseMs: number;
	retryMs: number;
	/** Time from the end of a completed run to the start of the next. */
	everyMs: number;
}

function addCounts(before: Counts, more: Counts): Counts {
	const kinds = Object.keys({ ...before, ...more });
	return Object.fromEntries(kinds.map((kind) => [kind, (before[kind] ?? 0) + (more[kind] ?? 0)]));
}
