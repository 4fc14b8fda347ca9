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

/** The states of an attempt on this worker, in their order. An attempt may skip states and never goes back. */
const STATES = ['claiming', 'fetching', 'running', 'storing', 'reported'] as const;
export type AttemptState = (typeof STATES)[number];

/** Whether ending the attempt now would discard a finished output. */
function hasOutput({ state }: Attempt): boolean {
	return state === 'storing' || state === 'reported';
}

interface Attempt {
	state: AttemptState;
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
	/** Moves an attempt to a later state. The lease of a reported attempt is renewed until jobs has applied its outcome. */
	advance(jobId: string, state: 'running' | 'storing' | 'reported'): void;
	/** Returns undefined for a job that this worker does not have. */
	state(jobId: string): AttemptState | undefined;
	/** Updates the estimate of a job with the given fields. */
	addEstimate(jobId: string, estimate: RuntimeEstimate): void;
	estimate(jobId: string): RuntimeEstimate;
	/** Ends an attempt so that its job runs later, unless it has an output. */
	returnJob(jobId: string): void;
	/** Removes an attempt. */
	remove(jobId: string): void;
	/** Ends the attempt with this number, or the current one by default. */
	stop(jobId: string, number?: number): void;
	/** Ends all attempts without an output, and those to come. */
	stopTools(): void;
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
			attempts.set(jobId, { state: 'claiming', granted: undefined, controller, estimate: {} });
			return true;
		},
		start(jobId, { attempt: number, tool }) {
			const attempt = attempts.get(jobId);
			if (!attempt) throw new Error(`${jobId} was not reserved before its claim`);
			attempt.granted = { number, tool };
			attempt.state = 'fetching';
			if (isShutDown) attempt.controller.abort(new AttemptEnded('shutdown'));
			return attempt.controller.signal;
		},
		advance(jobId, state) {
			const attempt = attempts.get(jobId);
			if (attempt && STATES.indexOf(state) > STATES.indexOf(attempt.state)) attempt.state = state;
		},
		state: (jobId) => attempts.get(jobId)?.state,
		addEstimate(jobId, estimate) {
			Object.assign(attempts.get(jobId)?.estimate ?? {}, estimate);
		},
		estimate: (jobId) => attempts.get(jobId)?.estimate ?? {},
		returnJob(jobId) {
			const attempt = attempts.get(jobId);
			if (attempt && !hasOutput(attempt)) attempt.controller.abort(new AttemptEnded('no_background_slot'));
		},
		remove(jobId) {
			attempts.delete(jobId);
		},
		stop(jobId, number) {
			const attempt = attempts.get(jobId);
			if (!attempt || (number !== undefined && attempt.granted?.number !== number)) return;
			if (attempt.state === 'reported') attempts.delete(jobId);
			else attempt.controller.abort(new AttemptEnded('stopped'));
		},
		stopTools: () => shutDown((attempt) => !hasOutput(attempt)),
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
