import type { Recovery } from './recovery.ts';
import type { ChaosReport } from './run-chaos.ts';

/** So long may it take until all work goes well again. */
const RECOVERY_BAR_MS = 30_000;

/** What fails a run, in words. `barMs` is how long recovery may take: what is only busy recovers later than what is broken. */
export function problemsOf(report: ChaosReport, barMs = RECOVERY_BAR_MS): string[] {
	const isSlow = ({ slowestUndisturbedMs: ms }: Recovery) => ms === null || ms > barMs;
	return [
		...report.findings.map(({ kind, what }) => `${kind}: ${what}`),
		...report.violations.map(
			({ kind, what, details }) => `${kind}: ${what} ${JSON.stringify(details ?? {})}`,
		),
		...report.recoveries.filter(isSlow).map(({ fault, afterMs }) => {
			return `slow: after ${fault.number + 1} ${fault.kind} ${fault.target}: ${JSON.stringify(afterMs)}`;
		}),
		...report.recoveries.flatMap(({ fault: { number, kind, target, problem } }) =>
			problem ? [`not done: ${number + 1} ${kind} ${target}: ${problem}`] : [],
		),
	];
}

/** The run as a table for people: a line for each kind of fault, then what was counted. */
export function describeReport(report: ChaosReport): string {
	const byKind = Map.groupBy(report.recoveries, ({ fault }) => fault.kind);
	const lines = [...byKind].map(([kind, recoveries]) => {
		const all = recoveries.map(
			({ slowestUndisturbedMs }) => slowestUndisturbedMs ?? Number.POSITIVE_INFINITY,
		);
		const sorted = all.toSorted((a, b) => a - b);
		const at = (share: number) => seconds(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
		return `| ${kind} | ${recoveries.length} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`;
	});
	return [
		`seed ${report.seed}: ${report.faults} faults, settled ${seconds(report.settledAfterMs)} s after the load`,
		'',
		'| fault | count | recovered after, median s | 95 % s | longest s |',
		'| --- | --- | --- | --- | --- |',
		...lines,
		'',
		...Object.entries(report.counts).map(([name, count]) => `${name}: ${count}`),
		`answers: ${JSON.stringify(report.answers)}`,
	].join('\n');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(1);
}
