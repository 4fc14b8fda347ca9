/** Why an attempt is aborted. `revoked`: it is no longer the current attempt of its job. */
export type AbortReason = 'revoked' | 'shutdown' | 'no_background_slot';

const MESSAGES: Record<AbortReason, string> = {
	revoked: 'the job was canceled or given to another worker',
	shutdown: 'the worker shuts down',
	no_background_slot: 'the job takes long, and all background slots are taken',
};

export class AttemptAbortedError extends Error {
	readonly reason: AbortReason;

	constructor(reason: AbortReason) {
		super(MESSAGES[reason]);
		this.name = 'AttemptAbortedError';
		this.reason = reason;
	}
}

/** The stages of an attempt on this worker, in their order. An attempt may skip stages and never goes back. */
const STAGES = ['claiming', 'fetching', 'running', 'storing', 'reported'] as const;
export type AttemptStage = (typeof STAGES)[number];

/** Whether the tool has ended, so that an abort would discard its outcome. */
function hasToolEnded({ stage }: Attempt): boolean {
	return stage === 'storing' || stage === 'reported';
}

interface Attempt {
	stage: AttemptStage;
	/** Undefined while the claim is in flight. */
	granted: { number: number; tool: string } | undefined;
	controller: AbortController;
	estimate: RuntimeEstimate;
	/** Undefined until the tool runs. */
	computeMs: (() => number) | undefined;
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
	compute_ms?: number;
}

/** The attempts of this worker, from the claim until the jobs service has applied their outcome. */
export interface Attempts {
	/** Adds an attempt that is about to be claimed. Returns false when this worker has the job already: it never runs one twice. */
	reserve(jobId: string): boolean;
	/**
	 * Starts an attempt whose claim was granted. Returns its signal, which is aborted with {@link AttemptAbortedError}, at once if the
	 * cancellation came before the grant.
	 */
	start(jobId: string, granted: { attempt: number; tool: string }): AbortSignal;
	/** Moves an attempt to a later stage. The lease of a reported attempt is renewed until the jobs service has applied its outcome. */
	advance(jobId: string, stage: 'running' | 'storing' | 'reported'): void;
	/** Returns undefined for a job that this worker does not have. */
	stage(jobId: string): AttemptStage | undefined;
	/** Updates the estimate of a job with the given fields. */
	addEstimate(jobId: string, estimate: RuntimeEstimate): void;
	estimate(jobId: string): RuntimeEstimate;
	/** Sets the function that measures the run time of the tool, in whole milliseconds. */
	setComputeTimer(jobId: string, computeMs: () => number): void;
	/** Removes an attempt. */
	remove(jobId: string): void;
	/**
	 * Aborts the attempt of a job; with `number`, only if the attempt has that number. An attempt that has reported its outcome is only
	 * removed. `no_background_slot` spares an attempt whose tool has ended.
	 */
	abort(jobId: string, reason: Exclude<AbortReason, 'shutdown'>, number?: number): void;
	/**
	 * Aborts all attempts, and those to come, for the shutdown. `includeStoring: false` spares attempts whose tool has ended, so that they can
	 * store their output.
	 */
	abortAll(attempts: { includeStoring: boolean }): void;
	/** Returns the attempts whose leases this worker renews, with the run times of their tools so far. */
	leased(): Leased[];
	/** Returns the ids of the background jobs that only store and report their output, because their tool has ended. */
	storing(): string[];
	/** Counts the leased attempts by tool. */
	leasedByTool(): Map<string, number>;
}

export function createAttempts(): Attempts {
	const attempts = new Map<string, Attempt>();
	let isShutDown = false;

	return {
		reserve(jobId) {
			if (attempts.has(jobId)) return false;
			const controller = new AbortController();
			attempts.set(jobId, {
				stage: 'claiming',
				granted: undefined,
				controller,
				estimate: {},
				computeMs: undefined,
			});
			return true;
		},
		start(jobId, { attempt: number, tool }) {
			const attempt = attempts.get(jobId);
			if (!attempt) throw new Error(`${jobId} was not reserved before its claim`);
			attempt.granted = { number, tool };
			attempt.stage = 'fetching';
			if (isShutDown) attempt.controller.abort(new AttemptAbortedError('shutdown'));
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
		setComputeTimer(jobId, computeMs) {
			const attempt = attempts.get(jobId);
			if (attempt) attempt.computeMs = computeMs;
		},
		remove(jobId) {
			attempts.delete(jobId);
		},
		abort(jobId, reason, number) {
			const attempt = attempts.get(jobId);
			if (!attempt || (number !== undefined && attempt.granted?.number !== number)) return;
			if (reason === 'no_background_slot' && hasToolEnded(attempt)) return;
			if (attempt.stage === 'reported') attempts.delete(jobId);
			else attempt.controller.abort(new AttemptAbortedError(reason));
		},
		abortAll({ includeStoring }) {
			isShutDown = true;
			for (const attempt of attempts.values())
				if (includeStoring || !hasToolEnded(attempt))
					attempt.controller.abort(new AttemptAbortedError('shutdown'));
		},
		leased: () =>
			[...attempts].flatMap(([jobId, { granted, estimate, computeMs }]) =>
				granted
					? [
							{
								job_id: jobId,
								attempt: granted.number,
								...estimate,
								...(computeMs && { compute_ms: computeMs() }),
							},
						]
					: [],
			),
		storing: () =>
			[...attempts].flatMap(([jobId, attempt]) =>
				attempt.estimate.background && hasToolEnded(attempt) ? [jobId] : [],
			),
		leasedByTool() {
			const counts = new Map<string, number>();
			for (const { granted } of attempts.values())
				if (granted) counts.set(granted.tool, (counts.get(granted.tool) ?? 0) + 1);
			return counts;
		},
	};
}
