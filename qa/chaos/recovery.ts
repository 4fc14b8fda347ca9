import type { Fault } from './faults/faults.ts';
import type { Success } from './ledger.ts';

/** A fault that was injected. */
export interface Injected extends Fault {
	startedAt: number;
	endedAt: number;
	/** Why it could not be injected: the process was restarting, say. */
	problem?: string;
}

export interface Recovery {
	fault: Injected;
	/** From the end of the fault until each kind of work that started afterwards has succeeded; null when none has. */
	afterMs: Record<string, number | null>;
	/** The longest of these, each counted from the end of the last fault in between; null when one is. */
	slowestMs: number | null;
}

/** Returns how long each fault had effects. */
export function measureRecovery(
	faults: readonly Injected[],
	successes: readonly Success[],
	kinds: readonly string[],
): Recovery[] {
	return faults.map((fault) => {
		const ends = kinds.map((kind) => [kind, firstSuccessAt(successes, kind, fault.endedAt)] as const);
		return {
			fault,
			afterMs: Object.fromEntries(ends.map(([kind, at]) => [kind, at && at - fault.endedAt])),
			slowestMs: slowest(ends.map(([, at]) => at && at - lastEndBefore(faults, at))),
		};
	});
}

function firstSuccessAt(successes: readonly Success[], kind: string, from: number): number | null {
	const ends = successes
		.filter((one) => one.kind === kind && one.startedAt >= from)
		.map((one) => one.endedAt);
	return ends.length === 0 ? null : Math.min(...ends);
}

function lastEndBefore(faults: readonly Injected[], at: number): number {
	return Math.max(...faults.map(({ endedAt }) => endedAt).filter((endedAt) => endedAt <= at));
}

function slowest(all: readonly (number | null)[]): number | null {
	return all.some((ms) => ms === null) ? null : Math.max(...all.filter((ms) => ms !== null));
}
