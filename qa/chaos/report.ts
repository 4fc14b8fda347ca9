import type { Recovery } from './recovery.ts';
import type { ChaosReport } from './run-chaos.ts';

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

/** Returns the run as text: a table with a row for each kind of fault, then the counts. */
export function describeReport(report: ChaosReport): string {
	const byKind = Map.groupBy(report.recoveries, ({ fault }) => fault.kind);
	const rows = [...byKind].map(([kind, recoveries]) => {
		const sorted = recoveries
			.map(({ slowestMs: ms }) => ms ?? Number.POSITIVE_INFINITY)
			.sort((one, other) => one - other);
		const at = (share: number) => seconds(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
		return `| ${kind} | ${recoveries.length} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`;
	});
	return [
		`seed ${report.seed}: ${report.faults} faults, settled ${seconds(report.settledAfterMs)} s after the load`,
		'',
		'| fault | count | recovered after, median s | 95 % s | longest s |',
		'| --- | --- | --- | --- | --- |',
		...rows,
		'',
		...Object.entries(report.counts).map(([name, count]) => `${name}: ${count}`),
		`responses: ${JSON.stringify(report.responses)}`,
	].join('\n');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(1);
}
