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

/** Whether the tool of an attempt runs: before it the input is fetched, after it the output is stored and reported. */
export type ToolState = 'pending' | 'running' | 'ended';

interface Attempt {
	/** Undefined while the claim is on its way. */
	granted: { number: number; tool: string } | undefined;
	controller: AbortController;
	toolState: ToolState;
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
	begin(jobId: string, granted: { attempt: number; tool: string }): AbortSignal;
	/** Notes what has become known of how long a job takes. */
	expect(jobId: string, expectation: Expectation): void;
	/** What was noted. */
	expectation(jobId: string): Expectation;
	/** Notes that the tool has started, or ended. */
	setToolState(jobId: string, state: 'running' | 'ended'): void;
	toolState(jobId: string): ToolState;
	/** Ends the attempt, for the job to run later, unless its tool has ended: then it only waits, and its work would be lost. */
	returnJob(jobId: string): void;
	/** The outcome is on its way: the lease goes on until jobs says that it is over, or the outcome might come too late. */
	report(jobId: string): void;
	/** Forgets a job. */
	end(jobId: string): void;
	/** Ends the attempt of this number, or whichever there is. */
	stop(jobId: string, number?: number): void;
	/** Ends all attempts whose tool has not ended, and those to come. */
	stopTools(): void;
	/** Ends all of them, and those to come. */
	stopAll(): void;
	/** The attempts whose leases this worker renews. */
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
			attempts.set(jobId, {
				...{ granted: undefined, controller: new AbortController(), toolState: 'pending' },
				...{ isReported: false, expectation: {} },
			});
			return true;
		},
		begin(jobId, { attempt: number, tool }) {
			const attempt = attempts.get(jobId);
			if (!attempt) throw new Error(`no claim of ${jobId} was on its way`);
			attempt.granted = { number, tool };
			if (isShutDown) attempt.controller.abort(new AttemptEnded('shutdown'));
			return attempt.controller.signal;
		},
		expect(jobId, expectation) {
			Object.assign(attempts.get(jobId)?.expectation ?? {}, expectation);
		},
		expectation: (jobId) => attempts.get(jobId)?.expectation ?? {},
		setToolState(jobId, state) {
			const attempt = attempts.get(jobId);
			if (attempt) attempt.toolState = state;
		},
		toolState: (jobId) => attempts.get(jobId)?.toolState ?? 'ended',
		returnJob(jobId) {
			const attempt = attempts.get(jobId);
			if (attempt && attempt.toolState !== 'ended')
				attempt.controller.abort(new AttemptEnded('no_background_slot'));
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
			if (!attempt || (number !== undefined && attempt.granted?.number !== number)) return;
			if (attempt.isReported) attempts.delete(jobId);
			else attempt.controller.abort(new AttemptEnded('stopped'));
		},
		stopTools: () => shutDown(({ toolState }) => toolState !== 'ended'),
		stopAll: () => shutDown(() => true),
		leased: () =>
			[...attempts].flatMap(([jobId, { granted, expectation }]) =>
				granted ? [{ job_id: jobId, attempt: granted.number, ...expectation }] : [],
			),
		leasedByTool() {
			const counts = new Map<string, number>();
			for (const { granted } of attempts.values())
				if (granted) counts.set(granted.tool, (counts.get(granted.tool) ?? 0) + 1);
			return counts;
		},
	};
}
