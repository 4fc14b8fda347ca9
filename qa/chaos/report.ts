import { Console } from 'node:console';
import type { Recovery } from './recovery.ts';
import type { ChaosReport } from './run-chaos.ts';

const { table } = new Console(process.stdout);

/** All work must succeed again within this time. */
const MAX_RECOVERY_MS = 30_000;

/** Returns what fails a run. `maxRecoveryMs`: a busy product recovers later than a broken one. */
export function problemsOf({ findings, recoveries }: ChaosReport, maxRecoveryMs = MAX_RECOVERY_MS): string[] {
	const isSlow = ({ slowestMs: ms }: Recovery) => ms === null || ms > maxRecoveryMs;
	const name = ({ fault: { number, kind, target } }: Recovery) => `${number + 1} ${kind} ${target}`;
	const notDone = recoveries.filter(({ fault }) => fault.problem);
	return [
		...findings,
		...recoveries.filter(isSlow).map((one) => `slow: after ${name(one)}: ${JSON.stringify(one.afterMs)}`),
		...notDone.map((one) => `not done: ${name(one)}: ${one.fault.problem}`),
	];
}

/** Prints a row for each kind of fault, then the counts. */
export function printReport({ faults, recoveries, settledAfterMs, counts, responses }: ChaosReport): void {
	const byKind = Map.groupBy(recoveries, ({ fault }) => fault.kind);
	const rows = [...byKind].map(([fault, ofKind]) => {
		const times = ofKind.map(({ slowestMs: ms }) => ms ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
		const at = (share: number) => (times[Math.ceil(share * times.length) - 1] ?? 0) / 1000;
		const [median, most, longest] = [at(0.5), at(0.95), at(1)];
		return {
			fault,
			count: times.length,
			'recovered after, median s': median,
			'95% s': most,
			'longest s': longest,
		};
	});
	table(rows);
	table({ faults, 'settled after the load, s': settledAfterMs / 1000, ...counts });
	table(responses);
}
