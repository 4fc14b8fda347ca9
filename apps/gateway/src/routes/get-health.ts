import { type Readiness, sumUpHealth } from '../domain/health.ts';
import { answerJson } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';

interface Deps {
	/** Base URLs by the name of the service. */
	services: Readonly<Record<string, string>>;
	/** Why this gateway can't serve signed-in users now; undefined when it can. */
	signInProblem(): string | undefined;
	callMs: number;
	/** Answers are repeated for so long, so that asking often costs the services nothing. */
	cacheMs: number;
	monotonicMs(): number;
}

async function askReadiness(baseUrl: string, timeoutMs: number): Promise<Readiness> {
	try {
		const response = await fetch(`${baseUrl}/health/ready`, { signal: AbortSignal.timeout(timeoutMs) });
		return { status: response.status, body: await response.json() };
	} catch {
		return undefined;
	}
}

/** Answers whether signed-in users are served here, and whether every service, and everything that each needs, is ready. */
export function createGetHealth(deps: Deps): (exchange: Exchange) => Promise<void> {
	let asked: Promise<Record<string, Readiness>> | undefined;
	let askedAtMs = 0;

	async function askAll(): Promise<Record<string, Readiness>> {
		const entries = Object.entries(deps.services).map(
			async ([name, baseUrl]) => [name, await askReadiness(baseUrl, deps.callMs)] as const,
		);
		return Object.fromEntries(await Promise.all(entries));
	}

	return async (exchange) => {
		if (!asked || deps.monotonicMs() - askedAtMs > deps.cacheMs) {
			askedAtMs = deps.monotonicMs();
			asked = askAll();
		}
		answerJson(exchange, 200, JSON.stringify({ data: sumUpHealth(await asked, deps.signInProblem()) }));
	};
}
