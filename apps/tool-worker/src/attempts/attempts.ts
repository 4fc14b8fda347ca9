/** Why an attempt ends early. */
export type EndReason = 'stopped' | 'shutdown' | 'no_background_slot';

const MESSAGES: Record<EndReason, string> = {
	stopped: 'the job was canceled or given to another worker',
	shutdown: 'the worker shuts down',
	no_background_slot: 'the job takes long, and all background slots are taken',
};

export class AttemptEnded extends Error {
	readonly reason: EndReason;

	constructor(reason: EndReason) {
		super(MESSAGES[reason]);
		this.name = 'AttemptEnded';
		this.reason = reason;
	}
}

/** The stages of an attempt on this worker, in their order. An attempt may skip stages and never goes back. */
const STAGES = ['claiming', 'fetching', 'running', 'storing', 'reported'] as const;
export type AttemptStage = (typeof STAGES)[number];

/** Whether ending the attempt now would discard a finished output. */
function hasOutput({ stage }: Attempt): boolean {
	return stage === 'storing' || stage === 'reported';
}

interface Attempt {
	stage: AttemptStage;
	/** Undefined while the claim is in flight. */
	granted: { number: number; tool: string } | undefined;
	controller: AbortController;
	estimate: RuntimeEstimate;
}

/** What is known about the run time of a job. */
export interface RuntimeEstimate {
	/** It runs longer than a job at full priority may. */
	background?: boolean;
	expected_seconds?: number;
}

interface Leased extends RuntimeEstimate {
	job_id: string;
	attempt: number;
}

/** The attempts of this worker, from the claim until jobs has applied their outcome. */
export interface Attempts {
	/** Adds an attempt that is about to be claimed. Returns false when this worker has the job already: it never runs one twice. */
	reserve(jobId: string): boolean;
	/**
	 * Starts an attempt whose claim was granted. Returns its signal, which is aborted with {@link AttemptEnded}, at once if the
	 * cancellation came before the grant.
	 */
	start(jobId: string, granted: { attempt: number; tool: string }): AbortSignal;
	/** Moves an attempt to a later stage. The lease of a reported attempt is renewed until jobs has applied its outcome. */
	advance(jobId: string, stage: 'running' | 'storing' | 'reported'): void;
	/** Returns undefined for a job that this worker does not have. */
	stage(jobId: string): AttemptStage | undefined;
	/** Updates the estimate of a job with the given fields. */
	addEstimate(jobId: string, estimate: RuntimeEstimate): void;
	estimate(jobId: string): RuntimeEstimate;
	/** Aborts an attempt that has no background slot, unless it has an output. Its job is returned and runs later. */
	abortForBackground(jobId: string): void;
	/** Removes an attempt. */
	remove(jobId: string): void;
	/** Ends the attempt with this number, or the current one by default. */
	stop(jobId: string, number?: number): void;
	/** Ends all attempts without an output, and those to come. */
	abortWithoutOutput(): void;
	/** Ends all attempts, and those to come. */
	stopAll(): void;
	/** Returns the attempts whose leases this worker renews. */
	leased(): Leased[];
	/** Counts them by tool. */
	leasedByTool(): Map<string, number>;
}

export function createAttempts(): Attempts {
	const attempts = new Map<string, Attempt>();
	let isShutDown = false;

	function shutDown(isEnded: (attempt: Attempt) => boolean): void {
		isShutDown = true;
		for (const attempt of attempts.values())
			if (isEnded(attempt)) attempt.controller.abort(new AttemptEnded('shutdown'));
	}

	return {
		reserve(jobId) {
			if (attempts.has(jobId)) return false;
			const controller = new AbortController();
			attempts.set(jobId, { stage: 'claiming', granted: undefined, controller, estimate: {} });
			return true;
		},
		start(jobId, { attempt: number, tool }) {
			const attempt = attempts.get(jobId);
			if (!attempt) throw new Error(`${jobId} was not reserved before its claim`);
			attempt.granted = { number, tool };
			attempt.stage = 'fetching';
			if (isShutDown) attempt.controller.abort(new AttemptEnded('shutdown'));
			return attempt.controller.signal;
		},
		advance(jobId, stage) {
			const attempt = attempts.get(jobId);
			if (attempt && STAGES.indexOf(stage) > STAGES.indexOf(attempt.stage)) attempt.stage = stage;
		},
		stage: (jobId) => attempts.get(jobId)?.stage,
		addEstimate(jobId, estimate) {
			Object.assign(attempts.get(jobId)?.estimate ?? {}, estimate);
		},
		estimate: (jobId) => attempts.get(jobId)?.estimate ?? {},
		abortForBackground(jobId) {
			const attempt = attempts.get(jobId);
			if (attempt && !hasOutput(attempt)) attempt.controller.abort(new AttemptEnded('no_background_slot'));
		},
		remove(jobId) {
			attempts.delete(jobId);
		},
		stop(jobId, number) {
			const attempt = attempts.get(jobId);
			if (!attempt || (number !== undefined && attempt.granted?.number !== number)) return;
			if (attempt.stage === 'reported') attempts.delete(jobId);
			else attempt.controller.abort(new AttemptEnded('stopped'));
		},
		abortWithoutOutput: () => shutDown((attempt) => !hasOutput(attempt)),
		stopAll: () => shutDown(() => true),
		leased: () =>
			[...attempts].flatMap(([jobId, { granted, estimate }]) =>
				granted ? [{ job_id: jobId, attempt: granted.number, ...estimate }] : [],
			),
		leasedByTool() {
			const counts = new Map<string, number>();
			for (const { granted } of attempts.values())
				if (granted) counts.set(granted.tool, (counts.get(granted.tool) ?? 0) + 1);
			return counts;
		},
	};
}
