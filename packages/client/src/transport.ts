import createFetchClient, { type Client } from 'openapi-fetch';
import { ApiError, ConnectionError, type ErrorCode } from './errors.ts';
import type { components, paths } from './generated/api.ts';
import { isNetworkFailure } from './retry/is-network-failure.ts';
import { parseRetryAfter } from './retry/retry-after.ts';
import { createRetryingFetch, type Fetch } from './retry/retrying-fetch.ts';

export interface TransportOptions {
	/** Where the API is, without `/v1`; a browser's own origin by default. */
	baseUrl?: string | undefined;
	/** The token of the signed-in user, or what gives it when it is needed. */
	token?: string | (() => string | undefined) | undefined;
	/** The global fetch by default. */
	fetch?: typeof globalThis.fetch | undefined;
	/**
	 * How often a call that does no harm twice (whatever reads, and the creation of jobs) is repeated when no answer came, or
	 * one of 503 that says when to come back; 2 by default, with growing pauses. Unless it is 0, a signed-in call that a rate limit
	 * refuses waits as the answer says and is repeated, for half a minute at most.
	 */
	retries?: number | undefined;
	/**
	 * Hears of every answer that refuses the token in use, and which token that is; the error is thrown all the same. An answer
	 * to an older token, late or repeated, says nothing of the one in use and is only thrown.
	 */
	onUnauthorized?: ((error: ApiError, refusedToken: string | undefined) => void) | undefined;
}

/** Typed calls of the API; each answer is its `data`, each failure a thrown ApiError or ConnectionError. */
export interface Transport {
	api: Client<paths>;
	/** Waits for a call that has succeeded. Rejects with the signal's reason when it was aborted. */
	answer<T>(call: Promise<Answer<T>>): Promise<Answer<T>>;
	/** The same, for its body: what is in `data` is an object. */
	body<T>(call: Promise<Answer<T>>): Promise<T>;
	/** The same, for a list. */
	list<T>(call: Promise<Answer<T>>): Promise<T>;
	/** The same, for an operation that answers nothing. */
	done(call: Promise<Answer<unknown>>): Promise<void>;
	/** For what is not the API: without the token. */
	fetch: Fetch;
	/**
	 * For calls whose answer is held (event streams and `?wait=`), which have a limit of their own: a 429 is no reason to wait, as
	 * a short request is served meanwhile.
	 */
	heldFetch: Fetch;
}

export interface Answer<T> {
	data?: T | undefined;
	error?: unknown;
	response: Response;
}

type ErrorBody = components['schemas']['Error'];

const RETRIES = 2;

function isErrorBody(value: unknown): value is ErrorBody {
	const error = (value as ErrorBody | undefined)?.error;
	return typeof error?.code === 'string' && typeof error.message === 'string';
}

function notTheApi(status?: number): ConnectionError {
	const http = status === undefined ? '' : ` (HTTP ${status})`;
	return new ConnectionError(`This isn't a response from the creatorr API${http}. Check the URL.`);
}

/** Whether the answer is of the API: every object that it gives has fields. */
function isObject(value: unknown): boolean {
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
	);
}

function isListOfObjects(value: unknown): boolean {
	return Array.isArray(value) && value.every(isObject);
}

/** The error that an answer tells of. */
function errorOf(body: unknown, response: Response): ApiError | ConnectionError {
	if (!isErrorBody(body)) return notTheApi(response.status);
	const { code, message, request_id: requestId, details, details_total: detailsTotal } = body.error;
	const fields = isListOfObjects(details) ? (details ?? []) : [];
	const given = { code: code as ErrorCode, status: response.status, requestId, details: fields };
	return new ApiError(message, {
		...given,
		detailsTotal,
		retryAfterMs: parseRetryAfter(response.headers.get('retry-after')),
	});
}

async function settle<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
	try {
		return await call;
	} catch (error) {
		// an abort keeps its own reason
		if (isNetworkFailure(error)) throw new ConnectionError('no connection', { cause: error });
		// of JSON.parse
		if ((error as Error).name === 'SyntaxError') throw notTheApi();
		throw error;
	}
}

export function createTransport(options: TransportOptions): Transport {
	const { token, onUnauthorized } = options;
	const currentToken = typeof token === 'function' ? token : () => token;
	const { fetch: plainFetch = globalThis.fetch, retries = RETRIES } = options;
	const fetch = createRetryingFetch(plainFetch, retries);
	const heldFetch = createRetryingFetch(plainFetch, retries, { waitsForLimits: false });
	const api = createFetchClient<paths>({ baseUrl: options.baseUrl ?? '', fetch });
	/** The token that each answer is to. */
	const sentTokens = new WeakMap<Response, string | undefined>();
	api.use({
		onRequest({ request }) {
			const value = currentToken();
			if (value !== undefined) request.headers.set('authorization', `Bearer ${value}`);
		},
		onResponse({ request, response }) {
			sentTokens.set(response, request.headers.get('authorization')?.slice('Bearer '.length));
		},
	});

	async function answer<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
		const settled = await settle(call);
		if (settled.response.ok) return settled;
		const error = errorOf(settled.error, settled.response);
		if (error instanceof ApiError && error.code === 'unauthorized') {
			const refused = sentTokens.get(settled.response);
			if (refused === currentToken()) onUnauthorized?.(error, refused);
		}
		throw error;
	}

	async function checked<T>(call: Promise<Answer<T>>, isExpected: (data: unknown) => boolean): Promise<T> {
		const { data: body, response } = await answer(call);
		if (!isExpected((body as { data?: unknown } | null | undefined)?.data)) throw notTheApi(response.status);
		return body as T;
	}

	return {
		api,
		answer,
		body: (call) => checked(call, isObject),
		list: (call) => checked(call, isListOfObjects),
		async done(call) {
			await answer(call);
		},
		fetch,
		heldFetch,
	};
}
