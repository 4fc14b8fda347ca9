import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_URL, nextBase, SECOND_BASE_URL } from '../../driver/client.ts';
import { putBytes, type Transport } from '../../driver/create-flow.ts';
import { type HttpResponse, type SendOptions, send } from '../../driver/http.ts';
import type { Ledger } from '../ledger.ts';

/** Clients may use either. */
export const GATEWAYS = [BASE_URL, SECOND_BASE_URL] as const;
const TIMEOUT_MS = 10_000;
const PAUSE_MS = { first: 200, longest: 2_000 };
const UNAVAILABLE = [429, 503, 504];

/** Thrown when the run is over before there was an answer. */
export class GivenUp extends Error {}

/** Sends one request to a gateway. Resolves to undefined when there is no answer. */
export async function trySend(
	gateway: string,
	method: string,
	path: string,
	options: SendOptions = {},
): Promise<HttpResponse | undefined> {
	return await send(gateway, method, path, { timeoutMs: TIMEOUT_MS, ...options }).catch(() => undefined);
}

export interface Client extends Transport {
	/** Repeats an action until it resolves to a value. @throws GivenUp once the run is over */
	retry<T>(what: string, action: () => Promise<T | undefined>): Promise<T>;
}

/**
 * Returns a client that repeats every request at alternating gateways until it is answered. An answer with another status than
 * expected is a violation, and is returned all the same.
 * @param givenUp aborts when no client waits for answers anymore
 */
export function createClient(ledger: Ledger, givenUp: AbortSignal): Client {
	const retry: Client['retry'] = async (what, action) => {
		for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
			if (givenUp.aborted) throw new GivenUp(`${what}: the run ended first`);
			const result = await action();
			if (result !== undefined) return result;
			await sleep(pauseMs * (0.5 + Math.random() / 2));
		}
	};
	return {
		retry,
		ask: (expected, method, path, options) =>
			retry(`${method} ${path}`, async () => {
				const response = await trySend(nextBase(), method, path, options);
				ledger.countResponse(response?.status);
				if (!response) return undefined;
				const { status, body, headers } = response;
				const isUnavailable = UNAVAILABLE.includes(status);
				const { code, message } = body?.error ?? {};
				if (isUnavailable ? !code : !expected.includes(status)) {
					const what = `${method} ${path} answered ${status} ${code} ${message}`;
					ledger.violate('answer', what, headers.get('x-request-id'));
				}
				return isUnavailable || status === 500 ? undefined : response;
			}),
		put: (url, bytes, headers) =>
			retry('an upload', async () => {
				const signal = AbortSignal.timeout(TIMEOUT_MS);
				const response = await putBytes(url, bytes, headers, signal).catch(() => undefined);
				if (response && response.status !== 200 && response.status < 500)
					ledger.violate('store', `a PUT was answered ${response.status}`);
				return response?.status === 200 ? response.etag : undefined;
			}),
	};
}
