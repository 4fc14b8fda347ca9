import { setTimeout as sleep } from 'node:timers/promises';
import { nextBase } from '../../driver/client.ts';
import { type Answer, send } from '../../driver/http.ts';
import type { Ledger } from '../ledger.ts';

export interface Request {
	method: string;
	path: string;
	token?: string;
	body?: object;
	headers?: Record<string, string>;
	timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const PAUSE_MS = { first: 200, longest: 2_000 };
/** Statuses that say that a part is unavailable, not that the request is wrong. */
const UNAVAILABLE = new Set([429, 503, 504]);

/** Sends one request to a gateway. Resolves with undefined when no answer comes. */
export async function trySend(request: Request, gateway: string): Promise<Answer | undefined> {
	const { method, path, ...options } = request;
	return await send(gateway, method, path, { timeoutMs: TIMEOUT_MS, ...options }).catch(() => undefined);
}

/** Thrown when the time of the whole run is over before there was an answer. */
export class GivenUp extends Error {}

export interface Client {
	/**
	 * Asks again and again, now one gateway and now the other, while what answers is away. Resolves to the first reply that is
	 * not about that; one whose status is not among `expected` is a violation, and is resolved to all the same.
	 */
	ask(request: Request, expected: readonly number[]): Promise<Answer>;
}

/** @param givenUp aborts when nobody waits for answers any more */
export function createClient(ledger: Ledger, givenUp: AbortSignal): Client {
	return {
		async ask(request, expected) {
			for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
				if (givenUp.aborted) throw new GivenUp(`${request.method} ${request.path} was never answered`);
				const reply = await trySend(request, nextBase());
				ledger.countAttempt(reply?.status);
				if (reply && !UNAVAILABLE.has(reply.status)) {
					if (!expected.includes(reply.status)) reportOdd(ledger, request, reply);
					if (reply.status !== 500) return reply;
				} else if (reply && !reply.body?.error?.code) reportOdd(ledger, request, reply);
				await sleep(pauseMs * (0.5 + Math.random() / 2));
			}
		},
	};
}

function reportOdd(ledger: Ledger, { method, path }: Request, { status, body, headers }: Answer): void {
	const { code, message } = body?.error ?? {};
	ledger.violate('answer', `${method} ${path} answered ${status} ${code} ${message}`, {
		request_id: headers.get('x-request-id'),
	});
}
