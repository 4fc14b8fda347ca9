/** Why a running attempt has to end before its tool is done. */
export type StopReason = 'stopped' | 'shutdown';

export class AttemptEnded extends Error {
	readonly reason: StopReason;

	constructor(reason: StopReason) {
		super(reason === 'stopped' ? 'the job was canceled or given to another worker' : 'the worker shuts down');
		this.name = 'AttemptEnded';
		this.reason = reason;
	}
}

interface Attempt {
	jobId: string;
	number: number;
	controller: AbortController;
}

/** What this worker runs now. */
export interface Attempts {
	/** Registers a granted attempt; the signal is aborted with {@link AttemptEnded}. */
	begin(jobId: string, number: number): AbortSignal;
	end(jobId: string): void;
	/** Ends the attempt at this job, also one whose grant is still on its way. */
	stop(jobId: string): void;
	/** Ends all of them. */
	stopAll(): void;
	running(): { job_id: string; attempt: number }[];
}

/** A cancellation may overtake the answer to the claim; it is remembered for longer than a claim takes. */
const REMEMBER_STOP_MS = 30_000;

export function createAttempts(now: () => number = Date.now): Attempts {
	const attempts = new Map<string, Attempt>();
	const stopped = new Map<string, number>();

	function forgetOld(): void {
		for (const [jobId, at] of stopped) if (at < now() - REMEMBER_STOP_MS) stopped.delete(jobId);
	}

	return {
		begin(jobId, number) {
			const controller = new AbortController();
			attempts.set(jobId, { jobId, number, controller });
			forgetOld();
			if (stopped.has(jobId)) controller.abort(new AttemptEnded('stopped'));
			return controller.signal;
		},
		end(jobId) {
			attempts.delete(jobId);
		},
		stop(jobId) {
			forgetOld();
			const attempt = attempts.get(jobId);
			if (attempt) attempt.controller.abort(new AttemptEnded('stopped'));
			else stopped.set(jobId, now());
		},
		stopAll() {
			for (const { controller } of attempts.values()) controller.abort(new AttemptEnded('shutdown'));
		},
		running: () => [...attempts.values()].map(({ jobId, number }) => ({ job_id: jobId, attempt: number })),
	};
}
