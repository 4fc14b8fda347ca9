import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit/audit.ts';
import { environment } from '../environment.ts';
import { Ledger } from '../ledger.ts';
import { createClient } from '../load/client.ts';
import type { LoadContext } from '../load/load.ts';
import { register } from '../load/people.ts';
import type { Site } from './discover.ts';
import { orderCrash } from './order.ts';
import { scenariosFor, untilMailed } from './scenarios.ts';

export interface Walked extends Site {
	tookMs: number;
	/** What was not as promised afterwards, in words. */
	problems: string[];
}

const HEALTHY_MS = 30_000;
const AFTERWARDS_MS = 10_000;
const SETTLE_MS = 60_000;
/** Longer than a job takes whose worker was lost, and a mail whose sender was. */
const SCENARIO_MS = 300_000;

/** Has the process die at the point while there is work that passes it, and looks at everything once it is back. */
export async function walkSite(site: Site): Promise<Walked> {
	const startedAt = Date.now();
	const ledger = new Ledger();
	const givenUp = new AbortController();
	const client = createClient(ledger, givenUp.signal);
	const never = new AbortController().signal;
	const context: LoadContext = {
		...{ client, ledger, ending: never, givenUp: givenUp.signal },
		behind: new Set(),
	};
	const person = await register(context);
	const timer = setTimeout(() => givenUp.abort(), SCENARIO_MS);
	// so that what dies is the scenario's work, which waits for its end
	await untilMailed(person.email, givenUp.signal);
	const order = orderCrash(site);
	const problems: string[] = [];
	try {
		for (const scenario of scenariosFor(site)) {
			await scenario(context, person);
			if (order.isObeyed()) break;
		}
		// What an answer sets off goes on after it.
		for (const end = Date.now() + AFTERWARDS_MS; !order.isObeyed() && Date.now() < end; ) await sleep(200);
	} catch (error) {
		problems.push(`the work did not come to its end: ${error instanceof Error ? error.stack : error}`);
	}
	clearTimeout(timer);
	order.withdraw();
	await untilHealthy();
	if (!order.isObeyed()) problems.push(`${site.app} never passed ${site.point}`);
	const { findings } = await audit(ledger, SETTLE_MS);
	problems.push(...findings.map(({ kind, what }) => `${kind}: ${what}`));
	problems.push(...ledger.violations.map(({ kind, what }) => `${kind}: ${what}`));
	return { ...site, tookMs: Date.now() - startedAt, problems };
}

/** Until every part answers at every gateway. */
async function untilHealthy(): Promise<void> {
	for (const end = Date.now() + HEALTHY_MS; Date.now() < end; await sleep(200)) {
		const answers = await Promise.all(
			environment.gateways.map((gateway) =>
				fetch(`${gateway}/v1/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined),
			),
		);
		if (answers.every((answer) => answer?.ok)) return;
	}
}
