/** Why a running attempt has to end before its tool is done. */
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

interface Attempt {
	/** Undefined while the claim is on its way. */
	number: number | undefined;
	controller: AbortController;
	isReported: boolean;
	expectation: Expectation;
}

/** What is known of how long a job takes. */
export interface Expectation {
	/** It has turned out to take long. */
	background?: boolean;
	expected_seconds?: number;
}

interface Leased extends Expectation {
	job_id: string;
	attempt: number;
}

/** The jobs of this worker, from the claim until jobs has taken their outcome. */
export interface Attempts {
	/** Makes room for a claim; false when this worker has the job already, so that it never runs one twice at once. */
	reserve(jobId: string): boolean;
	/** The claim was granted. The signal is aborted with {@link AttemptEnded}, at once when the end overtook the grant. */
	begin(jobId: string, number: number): AbortSignal;
	/** Notes what has become known of how long a job takes. */
	expect(jobId: string, expectation: Expectation): void;
	/** What was noted. */
	expectation(jobId: string): Expectation;
	/** Ends the attempt, for the job to go on elsewhere or later. */
	giveBack(jobId: string): void;
	/** The outcome is on its way: the lease goes on until jobs says that it is over, or the outcome might come too late. */
	report(jobId: string): void;
	/** Forgets a job. */
	end(jobId: string): void;
	/** Ends the attempt of this number, or whichever there is. */
	stop(jobId: string, number?: number): void;
	/** Ends all of them, and those to come. */
	stopAll(): void;
	/** Whose leases must go on. */
	leased(): Leased[];
}

export function createAttempts(): Attempts {
	const attempts = new Map<string, Attempt>();
	let isShutDown = false;

	return {
		reserve(jobId) {
			if (attempts.has(jobId)) return false;
			attempts.set(jobId, {
				...{ number: undefined, controller: new AbortController() },
				...{ isReported: false, expectation: {} },
			});
			return true;
		},
		begin(jobId, number) {
			const attempt = attempts.get(jobId);
			if (!attempt) throw new Error(`no claim of ${jobId} was on its way`);
			attempt.number = number;
			if (isShutDown) attempt.controller.abort(new AttemptEnded('shutdown'));
			return attempt.controller.signal;
		},
		expect(jobId, expectation) {
			Object.assign(attempts.get(jobId)?.expectation ?? {}, expectation);
		},
		expectation: (jobId) => attempts.get(jobId)?.expectation ?? {},
		giveBack(jobId) {
			const attempt = attempts.get(jobId);
			if (attempt && !attempt.isReported) attempt.controller.abort(new AttemptEnded('no_background_slot'));
		},
		report(jobId) {
			const attempt = attempts.get(jobId);
			if (attempt) attempt.isReported = true;
		},
		end(jobId) {
			attempts.delete(jobId);
		},
		stop(jobId, number) {
			const attempt = attempts.get(jobId);
			if (!attempt || (number !== undefined && attempt.number !== number)) return;
			if (attempt.isReported) attempts.delete(jobId);
			else attempt.controller.abort(new AttemptEnded('stopped'));
		},
		stopAll() {
			isShutDown = true;
			for (const { controller } of attempts.values()) controller.abort(new AttemptEnded('shutdown'));
		},
		leased: () =>
			[...attempts].flatMap(([jobId, { number, expectation }]) =>
				number === undefined ? [] : [{ job_id: jobId, attempt: number, ...expectation }],
			),
	};
}
