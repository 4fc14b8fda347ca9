/** Jobs that take long and go on beside the queue that they came from, where they keep no other job of their tool waiting. */
export interface LongJobs {
	/**
	 * Resolves when the job is done, or goes on beside the queue: when it was demoted and there is room. Rejects as the job does
	 * until then.
	 */
	follow(tool: string, job: Promise<void>, demoted: AbortSignal): Promise<void>;
	/** How many of a tool go on beside its queue. */
	count(tool: string): number;
	/** Resolves when none does. */
	settled(): Promise<void>;
}

interface LongJobsOptions {
	/** Of all tools together; a further one keeps its place in the queue until one of them ends. */
	most: number;
	/** How one failed that went on beside the queue, which can't bring it back: its lease runs out instead. */
	onError(error: unknown): void;
}

export function createLongJobs({ most, onError }: LongJobsOptions): LongJobs {
	const aside = new Map<Promise<void>, string>();
	const waiting = new Set<() => void>();

	return {
		async follow(tool, job, demoted) {
			const goneAside = Promise.withResolvers<void>();
			const goAside = () => {
				if (aside.size >= most) {
					waiting.add(goAside);
					return;
				}
				waiting.delete(goAside);
				aside.set(job, tool);
				goneAside.resolve();
			};
			const done = job.finally(() => {
				demoted.removeEventListener('abort', goAside);
				waiting.delete(goAside);
			});
			const forgotten = done.catch((error: unknown) => {
				if (aside.has(job)) onError(error);
			});
			void forgotten.then(() => {
				if (!aside.delete(job)) return;
				const [next] = waiting;
				next?.();
			});
			demoted.addEventListener('abort', goAside, { once: true });
			await Promise.race([done, goneAside.promise]);
		},
		count: (tool) => [...aside.values()].filter((other) => other === tool).length,
		async settled() {
			await Promise.allSettled([...aside.keys()]);
		},
	};
}
