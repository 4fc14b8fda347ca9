import type { Fault } from './faults/fault.ts';
import type { Success } from './ledger.ts';

/** A fault as it was. */
export interface Injected extends Fault {
	startedAt: number;
	endedAt: number;
	/** Where it could not be done: the process was just away, say. */
	problem?: string;
}

export interface Recovery {
	fault: Injected;
	/** From the end of the fault until each kind of work went well from its begin to its end; null where none did. */
	afterMs: Record<string, number | null>;
	/** The longest of them; null where one is. */
	slowestMs: number | null;
	/** The same, counted from the end of the last fault that was in between. */
	slowestUndisturbedMs: number | null;
}

/** How long each fault was felt. */
export function measureRecovery(
	faults: readonly Injected[],
	successes: readonly Success[],
	kinds: readonly string[],
): Recovery[] {
	return faults.map((fault) => {
		const firsts = kinds.map((kind) => firstAfter(successes, kind, fault.endedAt));
		const afterMs = kinds.map((kind, index) => {
			const first = firsts[index];
			return [kind, first ? first.endedAt - fault.endedAt : null] as const;
		});
		const undisturbed = firsts.map((first) => first && first.endedAt - lastEndBefore(faults, first.endedAt));
		return {
			fault,
			afterMs: Object.fromEntries(afterMs),
			slowestMs: slowest(afterMs.map(([, ms]) => ms)),
			slowestUndisturbedMs: slowest(undisturbed.map((ms) => ms ?? null)),
		};
	});
}

function firstAfter(successes: readonly Success[], kind: string, at: number): Success | undefined {
	const after = successes.filter((success) => success.kind === kind && success.startedAt >= at);
	return after.toSorted((a, b) => a.endedAt - b.endedAt)[0];
}

function lastEndBefore(faults: readonly Injected[], at: number): number {
	return Math.max(...faults.map(({ endedAt }) => endedAt).filter((endedAt) => endedAt <= at));
}

function slowest(all: readonly (number | null)[]): number | null {
	return all.includes(null) ? null : Math.max(...(all as number[]));
}
