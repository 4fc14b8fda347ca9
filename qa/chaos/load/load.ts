import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';
import { type Client, createClient, GivenUp } from './client.ts';

export interface LoadContext {
	client: Client;
	ledger: Ledger;
	/** No new work is begun any more. */
	ending: AbortSignal;
	/** Nobody waits any more for what was begun. */
	givenUp: AbortSignal;
	/** What goes on behind the work that began it; the load ends after it. */
	behind: Set<Promise<void>>;
}

/** One after the other, with pauses: begins, does its work, and tells the ledger that it went well. */
export interface Work {
	/** Successes are told apart by it. */
	kind: string;
	pauseMs: number;
	/** Once, before anything is broken. */
	prepare(context: LoadContext): Promise<(startedAt: number) => Promise<void>>;
}

export interface Load {
	/** Ends when what was begun has come to its end; after `forMs` nobody waits for it any more. */
	end(forMs: number): Promise<void>;
}

/** Works steadily from now on; resolves once all of it is prepared. */
export async function startLoad(works: readonly Work[], ledger: Ledger): Promise<Load> {
	const [ending, givenUp] = [new AbortController(), new AbortController()];
	const client = createClient(ledger, givenUp.signal);
	const behind = new Set<Promise<void>>();
	const context = { client, ledger, ending: ending.signal, givenUp: givenUp.signal, behind };
	const prepared = await Promise.all(
		works.map(async (work) => ({ work, once: await work.prepare(context) })),
	);
	const running = prepared.map(({ work, once }) => repeat(context, work, once));
	return {
		async end(forMs) {
			ending.abort();
			const timer = setTimeout(() => givenUp.abort(), forMs);
			await Promise.all(running);
			await Promise.all(behind);
			clearTimeout(timer);
		},
	};
}

async function repeat(
	{ ledger, ending }: LoadContext,
	{ kind, pauseMs }: Work,
	once: (startedAt: number) => Promise<void>,
): Promise<void> {
	while (!ending.aborted) {
		const startedAt = Date.now();
		await once(startedAt).catch((error: unknown) => reportFailure(ledger, kind, error));
		await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: ending }).catch(() => undefined);
	}
}

/** What was accepted and not finished is found by the audit; what was never accepted is said here. */
export function reportFailure(ledger: Ledger, kind: string, error: unknown): void {
	if (error instanceof GivenUp) ledger.violate('unanswered', `${kind}: ${error.message}`);
	else ledger.violate('client', `${kind}: ${error instanceof Error ? error.stack : error}`);
}
