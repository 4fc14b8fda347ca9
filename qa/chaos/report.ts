import { Console } from 'node:console';
import type { Recovery } from './recovery.ts';
import type { ChaosReport } from './run-chaos.ts';

const { table } = new Console(process.stdout);

/** All work must succeed again within this time. */
const MAX_RECOVERY_MS = 30_000;

/** Returns what fails a run. `maxRecoveryMs`: a busy product recovers later than a broken one. */
export function problemsOf(report: ChaosReport, maxRecoveryMs = MAX_RECOVERY_MS): string[] {
	const { findings, violations, recoveries } = report;
	const isSlow = ({ slowestMs: ms }: Recovery) => ms === null || ms > maxRecoveryMs;
	const name = ({ fault: { number, kind, target } }: Recovery) => `${number + 1} ${kind} ${target}`;
	return [
		...[...findings, ...violations].map(({ kind, what, requestId }) =>
			[`${kind}: ${what}`, requestId].filter(Boolean).join(' '),
		),
		...recoveries.filter(isSlow).map((one) => `slow: after ${name(one)}: ${JSON.stringify(one.afterMs)}`),
		...recoveries
			.filter(({ fault }) => fault.problem)
			.map((one) => `not done: ${name(one)}: ${one.fault.problem}`),
	];
}

/** Prints a row for each kind of fault, then the counts. */
export function printReport(report: ChaosReport): void {
	const byKind = Map.groupBy(report.recoveries, ({ fault }) => fault.kind);
	const rows = [...byKind].map(([fault, recoveries]) => {
		const sorted = recoveries
			.map(({ slowestMs: ms }) => ms ?? Number.POSITIVE_INFINITY)
			.sort((one, other) => one - other);
		const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / 1000;
		return {
			fault,
			count: recoveries.length,
			'recovered after, median s': at(0.5),
			'95% s': at(0.95),
			'longest s': at(1),
		};
	});
	const { faults, settledAfterMs, counts, responses } = report;
	table(rows);
	table({ faults, 'settled after the load, s': settledAfterMs / 1000, ...counts });
	table(responses);
}
