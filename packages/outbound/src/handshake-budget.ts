import { OutboundError } from './outbound-error.ts';

/** CPU time for the failed and unfinished handshakes of one owner in a minute. Usual ones take 1 to 5 ms, and there can be a hundred at once. */
const BUDGET_MS = 1_000;
const WINDOW_MS = 60_000;

/** The CPU time of an owner's handshakes in the current minute. */
export interface CpuUsage {
	/** Throws an OutboundError if it is used up. */
	throwIfUsedUp(): void;
	/** Adds milliseconds, negative ones for a handshake that has succeeded. */
	add(ms: number): void;
}

/** Counts the CPU time of handshakes by owner. It is kept for a minute after the first handshake, whatever the owner changes. */
export function createHandshakeBudget(budgetMs = BUDGET_MS): { usageOf(owner: string): CpuUsage } {
	const uses = new Map<string, CpuUsage>();
	function start(owner: string): CpuUsage {
		let usedMs = 0;
		setTimeout(() => uses.delete(owner), WINDOW_MS).unref();
		return {
			throwIfUsedUp() {
				if (usedMs < budgetMs) return;
				throw new OutboundError(
					'tls_failed',
					'TLS handshakes with your endpoints failed and took too long to compute. Further ones fail for up to a minute. Check the certificates of your endpoints.',
				);
			},
			add(ms) {
				usedMs += ms;
			},
		};
	}
	return {
		usageOf(owner) {
			const use = uses.get(owner) ?? start(owner);
			uses.set(owner, use);
			return use;
		},
	};
}
