/** Jobs that take long and go on beside the queue that they came from, where they keep no other job of their tool waiting. */
export interface LongJobs {
	/**
	 * Resolves when the job is done, or goes on beside the queue: when it was demoted and there is room. Rejects as the job does
	 * until then.
	 */
	follow(tool: string, job: Promise<void>, handlers: LongJobHandlers): Promise<void>;
	/** How many of a tool go on beside its queue. */
	count(tool: string): number;
	/** How many of all tools do. */
	total(): number;
	/** Resolves when none does. */
	settled(): Promise<void>;
}

interface LongJobHandlers {
	/** Aborted when the job makes room for others. */
	demoted: AbortSignal;
	/** Asked when it is demoted: true where it has long to go, rather than that it may end any moment. */
	isKnownToTakeLong(): boolean;
	/** It goes on beside the queue. */
	onAside(): void;
	/** Ends the attempt, for the job to run once there is room. */
	giveBack(): void;
}

interface LongJobsOptions {
	/** Of all tools together. */
	most: number;
	/** Jobs of one tool that this worker takes from the queue at once. */
	placesPerTool: number;
	/** How one failed that went on beside the queue, which can't bring it back: its lease runs out instead. */
	onError(error: unknown): void;
}

interface Waiting {
	tool: string;
	goAside(): void;
}

/**
 * Where as many go on beside the queues as may, a further one is given back if it has long to go. One that may end any moment
 * keeps its place in the queue until there is room, unless it would be the tool's last place: long jobs never keep short ones
 * waiting. Where none may go on beside the queues, each keeps its place until it is done.
 */
export function createLongJobs({ most, placesPerTool, onError }: LongJobsOptions): LongJobs {
	const aside = new Map<Promise<void>, string>();
	const waiting = new Set<Waiting>();

	function mayWait(tool: string): boolean {
		const ofTool = [...waiting].filter((other) => other.tool === tool).length;
		return ofTool < placesPerTool - 1;
	}

	return {
		async follow(tool, job, { demoted, isKnownToTakeLong, onAside, giveBack }) {
			const goneAside = Promise.withResolvers<void>();
			const self: Waiting = {
				tool,
				goAside() {
					waiting.delete(self);
					aside.set(job, tool);
					onAside();
					goneAside.resolve();
				},
			};
			const onDemoted = () => {
				if (aside.size < most) self.goAside();
				else if (most === 0 || (!isKnownToTakeLong() && mayWait(tool))) waiting.add(self);
				else giveBack();
			};
			const done = job.finally(() => {
				demoted.removeEventListener('abort', onDemoted);
				waiting.delete(self);
			});
			const forgotten = done.catch((error: unknown) => {
				if (aside.has(job)) onError(error);
			});
			void forgotten.then(() => {
				if (!aside.delete(job)) return;
				const [next] = waiting;
				next?.goAside();
			});
			demoted.addEventListener('abort', onDemoted, { once: true });
			await Promise.race([done, goneAside.promise]);
		},
		count: (tool) => [...aside.values()].filter((other) => other === tool).length,
		total: () => aside.size,
		async settled() {
			await Promise.allSettled([...aside.keys()]);
		},
	};
}
