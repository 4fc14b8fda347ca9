import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../environment.ts';
import type { Ledger } from '../ledger.ts';

export interface Reply {
	status: number;
	headers: Headers;
	// biome-ignore lint/suspicious/noExplicitAny: whoever asked reads what it expects, and fails when it is not there
	body: any;
}

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
/** What says that something is away, and not that the request is wrong. */
const AWAY = new Set([429, 503, 504]);

/** One request to some gateway; undefined when no answer came. */
export async function send(request: Request, gateway: string): Promise<Reply | undefined> {
	const headers: Record<string, string> = { ...request.headers };
	if (request.token) headers.authorization = `Bearer ${request.token}`;
	if (request.body) headers['content-type'] = 'application/json';
	try {
		const response = await fetch(gateway + request.path, {
			method: request.method,
			headers,
			...(request.body ? { body: JSON.stringify(request.body) } : {}),
			signal: AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS),
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			body: text === '' ? undefined : JSON.parse(text),
		};
	} catch {
		return undefined;
	}
}

/** Thrown when the time of the whole run is over before there was an answer. */
export class GivenUp extends Error {}

export interface Client {
	/**
	 * Asks again and again, now one gateway and now the other, while what answers is away. Resolves to the first reply that is
	 * not about that; one whose status is not among `expected` is a violation, and is resolved to all the same.
	 */
	ask(request: Request, expected: readonly number[]): Promise<Reply>;
}

/** @param givenUp aborts when nobody waits for answers any more */
export function createClient(ledger: Ledger, givenUp: AbortSignal): Client {
	let turn = 0;
	const nextGateway = () => environment.gateways[turn++ % environment.gateways.length] ?? '';
	return {
		async ask(request, expected) {
			for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
				if (givenUp.aborted) throw new GivenUp(`${request.method} ${request.path} was never answered`);
				const reply = await send(request, nextGateway());
				ledger.countAttempt(reply?.status);
				if (reply && !AWAY.has(reply.status)) {
					if (!expected.includes(reply.status)) reportOdd(ledger, request, reply);
					if (reply.status !== 500) return reply;
				} else if (reply && !reply.body?.error?.code) reportOdd(ledger, request, reply);
				await sleep(pauseMs * (0.5 + Math.random() / 2));
			}
		},
	};
}

function reportOdd(ledger: Ledger, { method, path }: Request, { status, body, headers }: Reply): void {
	const { code, message } = body?.error ?? {};
	ledger.violate('answer', `${method} ${path} answered ${status} ${code} ${message}`, {
		request_id: headers.get('x-request-id'),
	});
}
