export interface Place {
	/** Aborted when the job has run for long: it goes on behind others from then on. */
	demoted: AbortSignal;
	/** Makes room at once: the job is known to take long. */
	demote(): void;
	/** So much of the job's time went to others who had the processors: it does not count as time that it took. */
	waited(ms: number): void;
	leave(): void;
}

export interface Lanes {
	/** Resolves when there is room for one more job. */
	enter(): Promise<Place>;
	/** Lets in all that wait, for a shutdown. */
	open(): void;
}

/**
 * The fast lane: as many jobs as the machine has cores to give run at full priority. One that takes longer than `longMs` makes
 * room for the next and goes on at low priority, so that a few heavy jobs never keep the small ones waiting, and a job waits
 * for a place no longer than that for each one before it.
 */
export function createLanes({ places, longMs }: { places: number; longMs: number }): Lanes {
	const waiting: (() => void)[] = [];
	let free = places;

	function release(): void {
		const next = waiting.shift();
		if (next) next();
		else free += 1;
	}

	async function take(): Promise<void> {
		if (free > 0) free -= 1;
		else await new Promise<void>((resolve) => waiting.push(resolve));
	}

	return {
		async enter() {
			await take();
			const demoted = new AbortController();
			const left = new AbortController();
			let endsAtMs = performance.now() + longMs;
			const check = () => {
				const remainingMs = endsAtMs - performance.now();
				if (remainingMs > 0) timer = setTimeout(check, Math.ceil(remainingMs)).unref();
				else demoted.abort();
			};
			let timer = setTimeout(check, longMs).unref();
			left.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
			demoted.signal.addEventListener('abort', release, { once: true });
			return {
				demoted: demoted.signal,
				demote() {
					if (!left.signal.aborted) demoted.abort();
				},
				waited(ms) {
					endsAtMs += ms;
				},
				leave() {
					if (left.signal.aborted) return;
					left.abort();
					if (!demoted.signal.aborted) release();
				},
			};
		},
		open() {
			free = Number.POSITIVE_INFINITY;
			for (const next of waiting.splice(0)) next();
		},
	};
}
