import createFetchClient, { type Client } from 'openapi-fetch';
import { ApiError, ConnectionError, type ErrorCode } from './errors.ts';
import type { components, paths } from './generated/api.ts';
import { isNetworkFailure } from './retry/is-network-failure.ts';
import { parseRetryAfter } from './retry/retry-after.ts';
import { createRetryingFetch, type Fetch, RATE_LIMIT_WAIT_MS } from './retry/retrying-fetch.ts';

export interface TransportOptions {
	/** URL of the API without `/v1`. In a browser, the page's origin by default. */
	baseUrl?: string | undefined;
	/** The user's token or API key, or a function that returns it. In Node, the environment variable `CREATORR_API_KEY` by default. */
	token?: string | (() => string | undefined) | undefined;
	/** The global fetch by default. */
	fetch?: typeof globalThis.fetch | undefined;
	/**
	 * How often an idempotent call (reads and job creation) is retried after no response or a 503 with `Retry-After`; 2 by default, with
	 * growing delays. 0 also turns the waits for rate limits off.
	 */
	retries?: number | undefined;
	/**
	 * How long one signed-in call waits for rate limits, in milliseconds: 120,000 by default. It waits as each 429 asks and is sent again. If
	 * that would take longer in total, it rejects at once with `rate_limited`.
	 */
	rateLimitWaitMs?: number | undefined;
	/**
	 * Receives every response that rejects the current token, and the token. The error is still thrown, unless this function
	 * throws another one. A late response to an older token is only thrown.
	 */
	onUnauthorized?: ((error: ApiError, refusedToken: string | undefined) => void) | undefined;
}

/** Typed calls of the API. Returns the `data` of a response; throws ApiError or ConnectionError. */
export interface Transport {
	api: Client<paths>;
	/** Resolves to a successful response. Rejects with the signal's reason after an abort. */
	requireOk<T>(call: Promise<ApiResponse<T>>): Promise<ApiResponse<T>>;
	/** Resolves to the `data` object of a response. */
	body<T>(call: Promise<ApiResponse<T>>): Promise<T>;
	/** Resolves to a list response. */
	list<T>(call: Promise<ApiResponse<T>>): Promise<T>;
	/** Resolves for an operation without a response body. */
	done(call: Promise<ApiResponse<unknown>>): Promise<void>;
	/** Fetches other URLs than the API's, without the token. */
	fetch: Fetch;
	/**
	 * Returns a 429 at once instead of retrying it. For event streams and `?wait=`, whose limit of concurrent requests doesn't apply to short
	 * requests, and for calls about passwords and mails, so that a person sees the refusal at once.
	 */
	failFastFetch: Fetch;
}

export interface ApiResponse<T> {
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

function notAnApiResponse(status?: number): ConnectionError {
	const http = status === undefined ? '' : ` (HTTP ${status})`;
	return new ConnectionError(`This isn't a response from the creatorr API${http}. Check the URL.`);
}

/** Whether the value may be an object of the API, all of whose objects have fields. */
function isObject(value: unknown): boolean {
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
	);
}

function isListOfObjects(value: unknown): boolean {
	return Array.isArray(value) && value.every(isObject);
}

/** Returns the absolute URL of a link in a response. */
function resolveUrl(link: string, responseUrl: string): string | undefined {
	return URL.canParse(link, responseUrl) ? new URL(link, responseUrl).href : undefined;
}

/** Returns the error of a response. */
function errorOf(body: unknown, response: Response): ApiError | ConnectionError {
	if (!isErrorBody(body)) return notAnApiResponse(response.status);
	const { code, message, request_id: requestId, details, details_total: detailsTotal } = body.error;
	const violatedPolicies = body.error.violated_policies;
	// An API of an older release sends neither.
	const { retryable, docs_url: docsUrl } = body.error as Partial<ErrorBody['error']>;
	const fields = isListOfObjects(details) ? (details ?? []) : [];
	const init = { code: code as ErrorCode, status: response.status, requestId, details: fields };
	return new ApiError(message, {
		...init,
		detailsTotal,
		violatedPolicies,
		retryable,
		docsUrl: docsUrl && resolveUrl(docsUrl, response.url),
		retryAfterMs: parseRetryAfter(response.headers.get('retry-after')),
	});
}

async function receive<T>(call: Promise<ApiResponse<T>>): Promise<ApiResponse<T>> {
	try {
		return await call;
	} catch (error) {
		// An abort keeps its own reason.
		if (isNetworkFailure(error)) throw new ConnectionError('no connection', { cause: error });
		// JSON.parse throws a SyntaxError.
		if ((error as Error).name === 'SyntaxError') throw notAnApiResponse();
		throw error;
	}
}

function apiKeyFromEnvironment(): string | undefined {
	const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
	return process?.env?.CREATORR_API_KEY || undefined;
}

export function createTransport(options: TransportOptions): Transport {
	const { token = apiKeyFromEnvironment(), onUnauthorized } = options;
	const currentToken = typeof token === 'function' ? token : () => token;
	const {
		fetch: plainFetch = globalThis.fetch,
		retries = RETRIES,
		rateLimitWaitMs = RATE_LIMIT_WAIT_MS,
	} = options;
	const fetch = createRetryingFetch(plainFetch, { retries, rateLimitWaitMs });
	const failFastFetch = createRetryingFetch(plainFetch, { retries, rateLimitWaitMs: 0 });
	const api = createFetchClient<paths>({ baseUrl: options.baseUrl ?? '', fetch });
	/** The token of each response's request. */
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

	async function requireOk<T>(call: Promise<ApiResponse<T>>): Promise<ApiResponse<T>> {
		const received = await receive(call);
		if (received.response.ok) return received;
		const error = errorOf(received.error, received.response);
		if (error instanceof ApiError && error.code === 'unauthorized') {
			const refused = sentTokens.get(received.response);
			if (refused === currentToken()) onUnauthorized?.(error, refused);
		}
		throw error;
	}

	async function checked<T>(
		call: Promise<ApiResponse<T>>,
		isExpected: (data: unknown) => boolean,
	): Promise<T> {
		const { data: body, response } = await requireOk(call);
		if (!isExpected((body as { data?: unknown } | null | undefined)?.data))
			throw notAnApiResponse(response.status);
		return body as T;
	}

	return {
		api,
		requireOk,
		body: (call) => checked(call, isObject),
		list: (call) => checked(call, isListOfObjects),
		async done(call) {
			await requireOk(call);
		},
		fetch,
		failFastFetch,
	};
}
