import type { Logger } from '@creatorr/service/logger';

export interface Loop {
	/** Runs the work soon; a wake during a run makes it run again afterwards. */
	wake(): void;
	/** Waits for a run that is going on. */
	stop(): Promise<void>;
}

interface LoopOptions {
	/** Also runs without a wake, so often. */
	everyMs: number;
	/** Named in the log when the work fails; the next run tries again. */
	name: string;
	logger: Logger;
}

/** Runs work whenever woken and regularly, never twice at once. */
export function startLoop(work: () => Promise<void>, options: LoopOptions): Loop {
	let awake = false;
	let stopped = false;
	let running: Promise<void> | undefined;

	async function run(): Promise<void> {
		while (awake && !stopped) {
			awake = false;
			await work().catch((error: unknown) => options.logger.warn(`${options.name}.failed`, { error }));
		}
	}

	function wake(): void {
		awake = true;
		running ??= run().finally(() => {
			running = undefined;
			// A wake that came after the last look.
			if (awake && !stopped) wake();
		});
	}

	const timer = setInterval(wake, options.everyMs);
	wake();
	return {
		wake,
		async stop() {
			stopped = true;
			clearInterval(timer);
			await running;
		},
	};
}
