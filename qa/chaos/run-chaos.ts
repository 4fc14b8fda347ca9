import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from './audit/audit.ts';
import { FAULTS, type Fault, LINKS, repairLink } from './faults/faults.ts';
import { type PlanOptions, planFaults } from './faults/plan-faults.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load/load.ts';
import { startReceiver } from './load/receiver.ts';
import { PROBED, worksWith } from './load/works.ts';
import { type Injected, measureRecovery } from './recovery.ts';

export type ChaosReport = Awaited<ReturnType<typeof runChaos>>;

/** Between the start of the load and the first round. */
const WARM_UP_MS = 4_000;
/** Work that hasn't recovered by then is reported as not recovered. */
const RECOVERY_LIMIT_MS = 45_000;
/** On a busy host one job may take minutes. */
const LOAD_END_MS = 240_000;
const SETTLE_MS = 90_000;

/** Puts load on the product, injects the planned faults, waits until it is idle and audits everything that it accepted. */
export async function runChaos({ say, ...options }: PlanOptions & { say(line: string): void }) {
	const { rounds } = options;
	const ledger = new Ledger();
	const plan = planFaults(options);
	for (const link of LINKS) await repairLink(link);
	const receiver = await startReceiver(ledger);
	const load = await startLoad(worksWith(receiver.url), ledger);
	await sleep(WARM_UP_MS);
	const injected: Injected[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const faults = plan.filter((fault) => fault.round === round);
		injected.push(...(await Promise.all(faults.map((fault) => inject(fault, say)))));
		await untilRecovered(ledger);
		say(`round ${round + 1} of ${rounds} done: ${injected.length} faults, ${ledger.jobs.size} jobs`);
	}
	await load.end(LOAD_END_MS);
	say('load finished; waiting for the product to settle');
	const audited = await audit(ledger, SETTLE_MS);
	receiver.stop();
	const recoveries = measureRecovery(injected, ledger.successes, PROBED);
	return { ...audited, faults: injected.length, recoveries, responses: ledger.responses };
}

async function inject(fault: Fault, say: (line: string) => void): Promise<Injected> {
	const { number, kind, target, durationMs } = fault;
	await sleep(fault.atMs);
	const startedAt = Date.now();
	say(`${number + 1}: ${kind} ${target}${durationMs > 0 ? ` for ${(durationMs / 1000).toFixed(1)} s` : ''}`);
	const outcome = await FAULTS[kind].inject(fault).then(
		() => ({}),
		(error: unknown) => ({ problem: String(error) }),
	);
	return { ...fault, ...outcome, startedAt, endedAt: Date.now() };
}

/** Resolves once work of every kind that starts from now on has succeeded. */
async function untilRecovered(ledger: Ledger): Promise<void> {
	const from = Date.now();
	const hasSucceeded = (kind: string) =>
		ledger.successes.some((success) => success.kind === kind && success.startedAt >= from);
	while (!PROBED.every(hasSucceeded) && Date.now() - from < RECOVERY_LIMIT_MS) await sleep(250);
}
