import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireVariable } from '../../driver/environment.ts';
import { eventually } from '../../driver/processes.ts';
import { audit } from '../audit/audit.ts';
import { Ledger } from '../ledger.ts';
import { Actions } from '../load/actions.ts';
import { GATEWAYS, trySend } from '../load/client.ts';
import type { CrashTarget } from './crash-targets.ts';
import { scenariosFor, untilMailed } from './scenarios.ts';

const HEALTHY_MS = 30_000;
const AFTERWARDS_MS = 10_000;
const SETTLE_MS = 60_000;
/** Longer than a job takes whose worker was lost, and a mail whose sender was. */
const SCENARIO_MS = 300_000;

/** Kills a process at a crash point during work that passes it, and audits the product once it is back. Resolves to what is wrong then. */
export async function crashAndAudit(target: CrashTarget): Promise<string[]> {
	const ledger = new Ledger();
	const givenUp = new AbortController();
	const actions = new Actions(ledger, givenUp.signal);
	const person = await actions.register();
	const timer = setTimeout(() => givenUp.abort(), SCENARIO_MS);
	// The process must die of the scenario's work.
	await untilMailed(person.email, givenUp.signal);
	const order = orderCrash(target);
	const problems: string[] = [];
	try {
		for (const scenario of scenariosFor(target)) {
			await scenario(actions, person);
			if (order.isCarriedOut()) break;
		}
	} catch (error) {
		problems.push(`the work did not end: ${error instanceof Error ? error.message : error}`);
	}
	// Work may continue after its answer.
	await eventually(async () => order.isCarriedOut(), AFTERWARDS_MS, 'not passed').catch(() => undefined);
	if (!order.isCarriedOut()) problems.push(`${target.app} never passed ${target.point}`);
	clearTimeout(timer);
	order.withdraw();
	await eventually(isHealthy, HEALTHY_MS, 'unhealthy').catch(() => undefined);
	const { findings } = await audit(ledger, SETTLE_MS);
	return [...problems, ...findings];
}

/** Orders the next process of the app that passes the crash point to die there. */
function orderCrash({ point, app }: CrashTarget) {
	const path = join(requireVariable('TEST_CRASH_ORDERS'), `${app}.json`);
	const reached = `${path}.reached`;
	rmSync(reached, { force: true });
	// Renamed, so that no process reads half an order.
	writeFileSync(`${path}.new`, JSON.stringify({ id: randomUUID(), point, hit: 1 }));
	renameSync(`${path}.new`, path);
	return { isCarriedOut: () => existsSync(reached), withdraw: () => rmSync(path, { force: true }) };
}

async function isHealthy(): Promise<boolean> {
	const responses = await Promise.all(GATEWAYS.map((one) => trySend(one, 'GET', '/v1/health')));
	return responses.every((response) => response?.status === 200);
}
