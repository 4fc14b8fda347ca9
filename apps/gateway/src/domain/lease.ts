import { ulid } from 'ulid';

/** The time under one instance id: what was learned about sessions in it is right for as long as it is valid. */
export interface Tenure {
	readonly instanceId: string;
}

interface LeaseDeps {
	/** Asks auth to grant or renew. Rejects when auth does not answer. */
	ask(instanceId: string): Promise<{ granted: boolean; ttl_ms: number }>;
	monotonicMs(): number;
	/** The local lease ends so much before the granted one. */
	marginMs: number;
	/** Called at once when a valid tenure has ended, in time or by fencing. */
	onEnd(reason: 'lapsed' | 'fenced'): void;
}

/** The right to answer from the cache of live sessions. */
export interface Lease {
	/** The present tenure, whether it is valid or not. */
	tenure(): Tenure;
	/** Whether the present tenure is valid now. */
	isValid(): boolean;
	/** How long the present tenure is valid still; 0 where it is not. */
	leftMs(): number;
	/** Asks once. Resolves to how long it was granted for in ms, 0 when it was not; rejects when auth does not answer. */
	renew(): Promise<number>;
	/** Ends it for good. */
	close(): void;
}

interface OwnTenure extends Tenure {
	/** On the monotonic clock; undefined until the first grant. */
	validUntilMs?: number;
}

/**
 * A lease that is valid for what auth granted, counted from before it was asked, so that it ends here first. Once lapsed or
 * fenced it never comes back: auth may have revoked sessions since without telling this instance, so a new tenure begins,
 * under a new instance id and knowing nothing.
 */
export function createLease(deps: LeaseDeps): Lease {
	let tenure: OwnTenure = { instanceId: ulid() };
	let timer: NodeJS.Timeout | undefined;

	function end(reason: 'lapsed' | 'fenced'): void {
		clearTimeout(timer);
		const wasGranted = tenure.validUntilMs !== undefined;
		tenure = { instanceId: ulid() };
		if (wasGranted) deps.onEnd(reason);
	}

	/** The clock decides, not the timer: a process that was stopped for a while finds out here. */
	function endIfLapsed(): void {
		if (tenure.validUntilMs !== undefined && tenure.validUntilMs <= deps.monotonicMs()) end('lapsed');
	}

	function grant(asked: OwnTenure, validUntilMs: number): void {
		asked.validUntilMs = validUntilMs;
		clearTimeout(timer);
		timer = setTimeout(endIfLapsed, Math.max(0, Math.ceil(validUntilMs - deps.monotonicMs())));
		endIfLapsed();
	}

	return {
		tenure() {
			endIfLapsed();
			return tenure;
		},
		isValid() {
			endIfLapsed();
			return tenure.validUntilMs !== undefined;
		},
		leftMs() {
			endIfLapsed();
			return tenure.validUntilMs === undefined ? 0 : tenure.validUntilMs - deps.monotonicMs();
		},
		async renew() {
			endIfLapsed();
			const asked = tenure;
			const askedAtMs = deps.monotonicMs();
			const answer = await deps.ask(asked.instanceId);
			endIfLapsed();
			if (asked !== tenure) return 0;
			if (!answer.granted) {
				end('fenced');
				return 0;
			}
			grant(asked, askedAtMs + answer.ttl_ms - deps.marginMs);
			return answer.ttl_ms;
		},
		close() {
			clearTimeout(timer);
			tenure = { instanceId: ulid() };
		},
	};
}
