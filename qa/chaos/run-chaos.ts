import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from './audit/audit.ts';
import type { Finding } from './audit/finding.ts';
import { type Fault, LINKS } from './faults/fault.ts';
import { inject, mendLinks } from './faults/inject.ts';
import { planFaults } from './faults/plan-faults.ts';
import { Ledger, type Violation } from './ledger.ts';
import { startLoad } from './load/load.ts';
import { PROBED, WORKS } from './load/works.ts';
import { type Injected, measureRecovery, type Recovery } from './recovery.ts';

interface ChaosOptions {
	seed: number;
	rounds: number;
	faultsPerRound: number;
	/** Only such faults, see {@link planFaults}. */
	only?: string;
	say(line: string): void;
}

export interface ChaosReport {
	seed: number;
	faults: number;
	recoveries: Recovery[];
	/** Of answers to clients, by status. */
	answers: Record<string, number>;
	counts: Record<string, number>;
	settledAfterMs: number;
	violations: Violation[];
	findings: Finding[];
}

/** Between the begin of the load and the first round, and after the last. */
const WARM_UP_MS = 4_000;
/** What has not recovered by then is reported as not recovered. */
const RECOVERY_LIMIT_MS = 45_000;
const LOAD_END_MS = 120_000;
const SETTLE_MS = 90_000;

/** Loads the product, breaks it by plan, lets it settle and looks at what it has made of all that it had accepted. */
export async function runChaos({ say, ...options }: ChaosOptions): Promise<ChaosReport> {
	const { seed, rounds } = options;
	const ledger = new Ledger();
	const plan = planFaults(options);
	await mendLinks(LINKS);
	const load = await startLoad(WORKS, ledger);
	await sleep(WARM_UP_MS);
	const injected: Injected[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const faults = plan.filter((fault) => fault.round === round);
		injected.push(...(await Promise.all(faults.map((fault) => injectInTime(fault, say)))));
		await untilRecovered(ledger);
		say(`round ${round + 1} of ${rounds} done: ${injected.length} faults, ${ledger.jobs.size} jobs`);
	}
	await load.end(LOAD_END_MS);
	say('load finished; waiting for the product to settle');
	const { findings, counts, settledAfterMs } = await audit(ledger, SETTLE_MS);
	return {
		...{ seed, faults: injected.length, findings, counts, settledAfterMs },
		recoveries: measureRecovery(injected, ledger.successes, PROBED),
		answers: ledger.attempts,
		violations: ledger.violations,
	};
}

async function injectInTime(fault: Fault, say: (line: string) => void): Promise<Injected> {
	await sleep(fault.atMs);
	const startedAt = Date.now();
	const lasts = fault.durationMs > 0 ? ` for ${(fault.durationMs / 1000).toFixed(1)} s` : '';
	say(`${fault.number + 1}: ${fault.kind} ${fault.target}${lasts}`);
	const problem = await inject(fault).then(
		() => undefined,
		(error: unknown) => String(error),
	);
	return { ...fault, startedAt, endedAt: Date.now(), ...(problem ? { problem } : {}) };
}

/** Until every kind of work has gone well, from its begin on, since now. */
async function untilRecovered(ledger: Ledger): Promise<void> {
	const from = Date.now();
	const isDone = (kind: string) =>
		ledger.successes.some((success) => success.kind === kind && success.startedAt >= from);
	while (!PROBED.every(isDone) && Date.now() - from < RECOVERY_LIMIT_MS) await sleep(250);
}
