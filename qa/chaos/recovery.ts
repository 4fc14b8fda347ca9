import type { Fault } from './faults/faults.ts';
import type { Success } from './ledger.ts';

export interface Injected extends Fault {
	startedAt: number;
	endedAt: number;
	/** Why it could not be injected: the process was restarting, say. */
	problem?: string;
}

export interface Recovery {
	fault: Injected;
	/**
	 * Recovery time of each kind of work: until its first success, if it started after this fault; from the end of the last fault before
	 * that success. Null if there is none.
	 */
	afterMs: Record<string, number | null>;
	/** The longest of these; null when one is. */
	slowestMs: number | null;
}

/** Returns how long each fault had effects. */
export function measureRecovery(
	faults: readonly Injected[],
	successes: readonly Success[],
	kinds: readonly string[],
): Recovery[] {
	return faults.map((fault) => {
		const recoveredAfter = (kind: string) => {
			const later = successes.filter((one) => one.kind === kind && one.startedAt >= fault.endedAt);
			if (later.length === 0) return null;
			const at = Math.min(...later.map(({ endedAt }) => endedAt));
			return at - Math.max(...faults.map(({ endedAt }) => endedAt).filter((endedAt) => endedAt <= at));
		};
		const afterMs = Object.fromEntries(kinds.map((kind) => [kind, recoveredAfter(kind)]));
		const all = Object.values(afterMs);
		return { fault, afterMs, slowestMs: all.includes(null) ? null : Math.max(...all.map(Number)) };
	});
}
