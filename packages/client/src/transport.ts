import createFetchClient, { type Client } from 'openapi-fetch';
import { ApiError, ConnectionError, type ErrorCode } from './errors.ts';
import type { components, paths } from './generated/api.ts';

export interface TransportOptions {
	/** Where the API is, without `/v1`; a browser's own origin by default. */
	baseUrl?: string | undefined;
	/** The token of the signed-in user, or what gives it when it is needed. */
	token?: string | (() => string | undefined) | undefined;
	/** The global fetch by default. */
	fetch?: typeof globalThis.fetch | undefined;
	/** Hears of every refused token, once per answer; the error is thrown all the same. */
	onUnauthorized?: ((error: ApiError) => void) | undefined;
}

/** Typed calls of the API; each answer is its `data`, each failure a thrown ApiError or ConnectionError. */
export interface Transport {
	api: Client<paths>;
	/** Waits for a call; answers the body. Rejects with the signal's reason when it was aborted. */
	body<T>(call: Promise<Answer<T>>): Promise<T>;
	/** The same for an operation that answers nothing. */
	done(call: Promise<Answer<unknown>>): Promise<void>;
}

interface Answer<T> {
	data?: T | undefined;
	error?: unknown;
	response: Response;
}

type ErrorBody = components['schemas']['Error'];

function isErrorBody(value: unknown): value is ErrorBody {
	const error = (value as ErrorBody | undefined)?.error;
	return typeof error?.code === 'string' && typeof error.message === 'string';
}

function retryAfterMs(headers: Headers): number | undefined {
	const seconds = Number(headers.get('retry-after') ?? Number.NaN);
	return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

/** The error that an answer tells of. */
export function errorOf(body: unknown, response: Response): ApiError | ConnectionError {
	if (!isErrorBody(body)) return new ConnectionError(`what answered is not the API (${response.status})`);
	const { code, message, request_id: requestId, details = [] } = body.error;
	const given = { code: code as ErrorCode, status: response.status, requestId, details };
	return new ApiError(message, { ...given, retryAfterMs: retryAfterMs(response.headers) });
}

async function settle<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
	try {
		return await call;
	} catch (error) {
		// fetch rejects so, whatever the cause; an abort keeps its own reason
		if (error instanceof TypeError) throw new ConnectionError('no connection', { cause: error });
		if (error instanceof SyntaxError) throw new ConnectionError('the answer is not JSON', { cause: error });
		throw error;
	}
}

export function createTransport(options: TransportOptions): Transport {
	const { token, onUnauthorized } = options;
	const currentToken = typeof token === 'function' ? token : () => token;
	const api = createFetchClient<paths>({
		baseUrl: options.baseUrl ?? '',
		...(options.fetch && { fetch: options.fetch }),
	});
	api.use({
		onRequest({ request }) {
			const value = currentToken();
			if (value !== undefined) request.headers.set('authorization', `Bearer ${value}`);
		},
	});

	async function checked<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
		const answer = await settle(call);
		if (answer.response.ok) return answer;
		const error = errorOf(answer.error, answer.response);
		if (error instanceof ApiError && error.code === 'unauthorized') onUnauthorized?.(error);
		throw error;
	}

	return {
		api,
		async body(call) {
			const { data, response } = await checked(call);
			if (data === undefined) throw new ConnectionError(`the answer is empty (${response.status})`);
			return data;
		},
		async done(call) {
			await checked(call);
		},
	};
}
