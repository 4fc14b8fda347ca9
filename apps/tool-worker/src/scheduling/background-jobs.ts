/** Jobs that take long: their messages are acknowledged before they end, so that they block no other job of their tool. */
export interface BackgroundJobs {
	/**
	 * Resolves when the job has ended, or has moved to the background because it was deprioritized and a slot was free. Rejects when
	 * the job fails before that.
	 */
	follow(job: JobRef, running: Promise<void>, handlers: BackgroundJobHandlers): Promise<void>;
	/** Decides again about a job that waits for a slot, after its remaining time has changed. */
	review(jobId: string): void;
	/** Counts the background jobs of a tool. */
	count(tool: string): number;
	/** Resolves when all background jobs have ended. */
	waitForAll(): Promise<void>;
}

interface JobRef {
	id: string;
	tool: string;
	/** The job that is stopping, and whose background slot it gets. */
	preemptedId?: string | undefined;
}

/**
 * How long a job still takes: `long`; `unknown` while its tool runs and may end any moment; `pending` before the tool has started;
 * `ended` while the job only stores and reports its output.
 */
export type RemainingTime = 'pending' | 'unknown' | 'long' | 'ended';

interface BackgroundJobHandlers {
	/** Aborted when the job loses its permit. It continues at low priority. */
	deprioritized: AbortSignal;
	remainingTime(): RemainingTime;
	/** Called when the job moves to the background. */
	onBackground(): void;
	/** Ends the attempt. The job runs again when a slot is free. */
	returnJob(): void;
}

interface BackgroundJobsOptions {
	/** Slots of all tools together. */
	slots: number;
	/** How many unacknowledged messages of one tool this worker takes at once. */
	slotsPerTool: number;
	/** Receives the error of a failed background job. Its message is acknowledged, so it runs again when its lease expires. */
	onError(error: unknown, jobId: string): void;
}

interface FollowedJob {
	tool: string;
	preemptedId: string | undefined;
	moveToBackground(): void;
	review(): void;
}

/**
 * When all background slots are taken, a job that preempts another one waits until that one has stopped, and then
 * gets its slot, if it had one.
 * For a further job, the remaining time decides:
 *
 * - `long`: the job is returned.
 * - `unknown`: the job waits for a slot and keeps its message unacknowledged. If waiting jobs would then hold all `slotsPerTool`
 *   messages of the tool, it is returned, so that long jobs never block short ones.
 * - `pending`: the tool doesn't run yet. The job waits, because a slow store or broker says nothing about the job.
 * - `ended`: the job needs no slot.
 *
 * With 0 slots, each job keeps its message until it ends.
 */
export function createBackgroundJobs({
	slots,
	slotsPerTool,
	onError,
}: BackgroundJobsOptions): BackgroundJobs {
	const followed = new Map<string, FollowedJob>();
	const inBackground = new Map<Promise<void>, string>();
	const waiting = new Set<FollowedJob>();

	const isPreempting = ({ preemptedId }: FollowedJob) =>
		preemptedId !== undefined && followed.has(preemptedId);

	function mayWait(job: FollowedJob, remainingTime: RemainingTime): boolean {
		if (slots === 0 || isPreempting(job) || remainingTime === 'pending') return true;
		const ofTool = [...waiting].filter(({ tool }) => tool === job.tool).length;
		return remainingTime === 'unknown' && ofTool < slotsPerTool - 1;
	}

	function decide(job: FollowedJob, { remainingTime, returnJob }: BackgroundJobHandlers): void {
		waiting.delete(job);
		const remaining = remainingTime();
		// It waits for the store or the broker, and needs no slot.
		if (remaining === 'ended') return;
		if (inBackground.size < slots) job.moveToBackground();
		else if (mayWait(job, remaining)) waiting.add(job);
		else returnJob();
	}

	return {
		async follow({ id, tool, preemptedId }, running, handlers) {
			const moved = Promise.withResolvers<void>();
			const self: FollowedJob = {
				tool,
				preemptedId,
				moveToBackground() {
					waiting.delete(self);
					inBackground.set(running, tool);
					handlers.onBackground();
					moved.resolve();
				},
				review() {
					const remainingTime = handlers.remainingTime();
					if (waiting.has(self) && (remainingTime === 'ended' || remainingTime === 'long'))
						decide(self, handlers);
				},
			};
			const onDeprioritized = () => decide(self, handlers);
			followed.set(id, self);
			const done = running.finally(() => {
				handlers.deprioritized.removeEventListener('abort', onDeprioritized);
				waiting.delete(self);
				followed.delete(id);
			});
			const settled = done.catch((error: unknown) => {
				if (inBackground.has(running)) onError(error, id);
			});
			void settled.then(() => {
				const preempting = [...waiting].find((job) => job.preemptedId === id);
				if (inBackground.delete(running)) (preempting ?? [...waiting][0])?.moveToBackground();
				else preempting?.review();
			});
			handlers.deprioritized.addEventListener('abort', onDeprioritized, { once: true });
			await Promise.race([done, moved.promise]);
		},
		review: (jobId) => followed.get(jobId)?.review(),
		count: (tool) => [...inBackground.values()].filter((other) => other === tool).length,
		async waitForAll() {
			await Promise.allSettled([...inBackground.keys()]);
		},
	};
}
