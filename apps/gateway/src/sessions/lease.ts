import { ulid } from 'ulid';

/** The time under one instance id: what was learned about sessions in it holds for as long as it is valid. */
export interface LeaseTerm {
	readonly instanceId: string;
}

interface LeaseDeps {
	/** Asks auth to grant or renew. Rejects when auth does not answer. */
	ask(instanceId: string): Promise<{ granted: boolean; ttl_ms: number }>;
	monotonicMs(): number;
	/** The local lease ends this much before the granted one. */
	marginMs: number;
	/** Called at once when a valid term has ended, in time or by fencing. */
	onEnd(reason: 'lapsed' | 'fenced'): void;
}

/** The right to answer from the cache of live sessions. */
export interface Lease {
	/** The current term, whether it is valid or not. */
	term(): LeaseTerm;
	/** Whether the current term is valid now. */
	isValid(): boolean;
	/** How long the current term is still valid; 0 where it is not. */
	leftMs(): number;
	/**
	 * Asks once. Resolves to how long it was granted for in ms, 0 when it was not; rejects when auth does not answer. Calls may
	 * overlap: the answer that lasts longest counts.
	 */
	renew(): Promise<number>;
	/** Ends it for good: from now on it is not valid, and {@link Lease.renew} resolves to 0 without asking. */
	close(): void;
}

interface OwnTerm extends LeaseTerm {
	/** On the monotonic clock; undefined until the first grant. */
	validUntilMs?: number;
}

/**
 * A lease that is valid for what auth granted, counted from before it was asked, so that it ends here first. Once lapsed or
 * fenced it never comes back: auth may have revoked sessions since without telling this instance, so a new term begins,
 * under a new instance id and knowing nothing.
 */
export function createLease(deps: LeaseDeps): Lease {
	let term: OwnTerm = { instanceId: ulid() };
	let timer: NodeJS.Timeout | undefined;
	let isClosed = false;

	function end(reason: 'lapsed' | 'fenced'): void {
		clearTimeout(timer);
		const wasGranted = term.validUntilMs !== undefined;
		term = { instanceId: ulid() };
		if (wasGranted) deps.onEnd(reason);
	}

	/** The clock decides, not the timer: a process that was stopped for a while finds out here. */
	function endIfLapsed(): void {
		if (term.validUntilMs !== undefined && term.validUntilMs <= deps.monotonicMs()) end('lapsed');
	}

	function grant(asked: OwnTerm, untilMs: number): void {
		// An attempt that began earlier may be answered later.
		const validUntilMs = Math.max(untilMs, asked.validUntilMs ?? untilMs);
		asked.validUntilMs = validUntilMs;
		clearTimeout(timer);
		timer = setTimeout(endIfLapsed, Math.max(0, Math.ceil(validUntilMs - deps.monotonicMs())));
		endIfLapsed();
	}

	return {
		term() {
			endIfLapsed();
			return term;
		},
		isValid() {
			endIfLapsed();
			return term.validUntilMs !== undefined;
		},
		leftMs() {
			endIfLapsed();
			return term.validUntilMs === undefined ? 0 : term.validUntilMs - deps.monotonicMs();
		},
		async renew() {
			// A lease granted after its release would make logouts wait for a process that is gone.
			if (isClosed) return 0;
			endIfLapsed();
			const asked = term;
			const askedAtMs = deps.monotonicMs();
			const answer = await deps.ask(asked.instanceId);
			endIfLapsed();
			if (asked !== term) return 0;
			if (!answer.granted) {
				end('fenced');
				return 0;
			}
			grant(asked, askedAtMs + answer.ttl_ms - deps.marginMs);
			return answer.ttl_ms;
		},
		close() {
			clearTimeout(timer);
			isClosed = true;
			// An answer that is still awaited belongs to the old term, and is ignored.
			term = { instanceId: ulid() };
		},
	};
}
