/** Jobs that take long and run beside the queue that they came from, where they keep no other job of their tool waiting. */
export interface BackgroundJobs {
	/**
	 * Resolves when the job is done, or has moved to the background: when it was deprioritized and there is room. Rejects as the
	 * job does until then.
	 */
	follow(job: FollowedJob, running: Promise<void>, handlers: BackgroundJobHandlers): Promise<void>;
	/** Decides again about a job that waits for room, when its outlook has changed. */
	review(jobId: string): void;
	/** Counts the background jobs of a tool. */
	count(tool: string): number;
	/** Resolves when there is no background job. */
	settled(): Promise<void>;
}

interface FollowedJob {
	id: string;
	tool: string;
}

/**
 * How long a job still takes: `long`; `unknown` where its tool runs and may end any moment; `pending` where the tool has not
 * started, so that nothing is known yet; `ended` where it only stores and reports its output.
 */
export type Outlook = 'pending' | 'unknown' | 'long' | 'ended';

interface BackgroundJobHandlers {
	/** Aborted when the job makes room for others. */
	deprioritized: AbortSignal;
	outlook(): Outlook;
	/** The job moves to the background. */
	onBackground(): void;
	/** Ends the attempt, for the job to run once there is room. */
	returnJob(): void;
}

interface BackgroundJobsOptions {
	/** Of all tools together. */
	most: number;
	/** Jobs of one tool that this worker takes from the queue at once. */
	slotsPerTool: number;
	/** Receives the error of a failed background job, which the queue can't bring back: its lease runs out instead. */
	onError(error: unknown): void;
}

interface Followed {
	tool: string;
	moveToBackground(): void;
	review(): void;
}

/**
 * Where all background slots are taken, a further job is returned if it takes long. One that may end any moment waits for a slot and
 * keeps its message, unless that would be the tool's last one: long jobs never keep short ones waiting. A job whose tool does
 * not run is never returned: a slow store or broker says nothing about the job, and returning it after the tool has
 * ended throws the output away. Where there are no background slots, each job keeps its message until it is done.
 */
export function createBackgroundJobs({ most, slotsPerTool, onError }: BackgroundJobsOptions): BackgroundJobs {
	const followed = new Map<string, Followed>();
	const inBackground = new Map<Promise<void>, string>();
	const waiting = new Set<Followed>();

	function mayWait({ tool }: Followed, outlook: Outlook): boolean {
		if (most === 0 || outlook === 'pending') return true;
		const ofTool = [...waiting].filter((other) => other.tool === tool).length;
		return outlook === 'unknown' && ofTool < slotsPerTool - 1;
	}

	function decide(job: Followed, { outlook, returnJob }: BackgroundJobHandlers): void {
		waiting.delete(job);
		const now = outlook();
		// It waits for the store or the broker, and takes no slot from a job that computes.
		if (now === 'ended') return;
		if (inBackground.size < most) job.moveToBackground();
		else if (mayWait(job, now)) waiting.add(job);
		else returnJob();
	}

	return {
		async follow({ id, tool }, running, handlers) {
			const moved = Promise.withResolvers<void>();
			const self: Followed = {
				tool,
				moveToBackground() {
					waiting.delete(self);
					inBackground.set(running, tool);
					handlers.onBackground();
					moved.resolve();
				},
				review() {
					const outlook = handlers.outlook();
					if (waiting.has(self) && (outlook === 'ended' || outlook === 'long')) decide(self, handlers);
				},
			};
			const onDeprioritized = () => decide(self, handlers);
			followed.set(id, self);
			const done = running.finally(() => {
				handlers.deprioritized.removeEventListener('abort', onDeprioritized);
				waiting.delete(self);
				followed.delete(id);
			});
			const forgotten = done.catch((error: unknown) => {
				if (inBackground.has(running)) onError(error);
			});
			void forgotten.then(() => {
				if (!inBackground.delete(running)) return;
				const [next] = waiting;
				next?.moveToBackground();
			});
			handlers.deprioritized.addEventListener('abort', onDeprioritized, { once: true });
			await Promise.race([done, moved.promise]);
		},
		review: (jobId) => followed.get(jobId)?.review(),
		count: (tool) => [...inBackground.values()].filter((other) => other === tool).length,
		async settled() {
			await Promise.allSettled([...inBackground.keys()]);
		},
	};
}
