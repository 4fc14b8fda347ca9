import { ulid } from 'ulid';

/** Period of the lease under one instance id. Sessions and API keys that are cached during a term are valid as long as the term is. */
export interface LeaseTerm {
	readonly instanceId: string;
}

interface LeaseDeps {
	/** Asks auth to grant or renew the lease. Rejects if auth does not respond. */
	requestLease(instanceId: string): Promise<{ granted: boolean; ttl_ms: number }>;
	bootTimeMs(): number;
	/** The local lease ends this much before the granted one. */
	marginMs: number;
	/** Runs at once when a valid term has expired or was fenced. */
	onEnd(reason: 'expired' | 'fenced'): void;
}

/** Permission to use the cache of sessions and API keys. */
export interface Lease {
	/** Returns the current term, valid or not. */
	term(): LeaseTerm;
	/** Whether the current term is valid. */
	isValid(): boolean;
	/** Remaining time of the current term; 0 if it is invalid. */
	remainingMs(): number;
	/**
	 * Requests the lease once. Resolves to the granted time in ms, or 0. Rejects if auth does not respond. Calls may overlap: the longest
	 * grant counts.
	 */
	renew(): Promise<number>;
	/** Ends the lease for good. {@link Lease.renew} then resolves to 0 without a request. */
	close(): void;
}

interface OwnTerm extends LeaseTerm {
	/** In milliseconds of the boot time clock; undefined until the first grant. */
	validUntilMs?: number;
}

/**
 * Returns a lease that is valid for the granted time, counted from before the request, so that it ends here before it ends at auth. An
 * expired or fenced term never becomes valid again: auth may have revoked sessions without telling this instance. A new term begins under a
 * new instance id, with an empty cache.
 */
export function createLease(deps: LeaseDeps): Lease {
	let term: OwnTerm = { instanceId: ulid() };
	let timer: NodeJS.Timeout | undefined;
	let isClosed = false;

	function end(reason: 'expired' | 'fenced'): void {
		clearTimeout(timer);
		const wasGranted = term.validUntilMs !== undefined;
		term = { instanceId: ulid() };
		if (wasGranted) deps.onEnd(reason);
	}

	/** Checks the clock as well as the timer, which doesn't run while the process is suspended. */
	function endIfExpired(): void {
		if (term.validUntilMs !== undefined && term.validUntilMs <= deps.bootTimeMs()) end('expired');
	}

	function grant(requested: OwnTerm, untilMs: number): void {
		// An earlier request may get its response later.
		const validUntilMs = Math.max(untilMs, requested.validUntilMs ?? untilMs);
		requested.validUntilMs = validUntilMs;
		clearTimeout(timer);
		timer = setTimeout(endIfExpired, Math.max(0, Math.ceil(validUntilMs - deps.bootTimeMs())));
		endIfExpired();
	}

	return {
		term() {
			endIfExpired();
			return term;
		},
		isValid() {
			endIfExpired();
			return term.validUntilMs !== undefined;
		},
		remainingMs() {
			endIfExpired();
			return term.validUntilMs === undefined ? 0 : term.validUntilMs - deps.bootTimeMs();
		},
		async renew() {
			// A lease granted after its release would make sign-outs wait for a process that has ended.
			if (isClosed) return 0;
			endIfExpired();
			const requested = term;
			const requestedAtMs = deps.bootTimeMs();
			const response = await deps.requestLease(requested.instanceId);
			endIfExpired();
			if (requested !== term) return 0;
			if (!response.granted) {
				end('fenced');
				return 0;
			}
			grant(requested, requestedAtMs + response.ttl_ms - deps.marginMs);
			return response.ttl_ms;
		},
		close() {
			clearTimeout(timer);
			isClosed = true;
			// A pending response belongs to the old term and is ignored.
			term = { instanceId: ulid() };
		},
	};
}
