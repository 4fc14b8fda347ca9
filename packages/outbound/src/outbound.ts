import { Agent, type Dispatcher } from 'undici';
import { checkUrl, type UrlPolicy } from './check-url.ts';
import { createVettedConnector } from './connect-vetted.ts';
import { createHandshakeBudget } from './handshake-budget.ts';
import { OutboundError, toOutboundError } from './outbound-error.ts';
import { type Resolve, resolveAddresses } from './resolve-addresses.ts';

/** How much of a response is kept. It is shown to the user, so more of it could leak data of a private network. */
const EXCERPT_BYTES = 1_024;
/** How much of a body is read, so that its connection can be used again. {@link limitResponses} limits the bytes that this takes. */
const READ_BYTES = 16_384;
/** Informational responses (1xx) before the response. An endless series would keep this process busy until the timeout. */
const MAX_INFORMATIONAL = 8;
/**
 * How long a connection without a request stays open, at most. Endpoints ask for more with `Keep-Alive`, and one user may have many.
 * Shorter than servers keep connections, because a request on a connection that is being closed fails.
 */
const MAX_IDLE_MS = 4_000;

export interface OutboundOptions {
	policy: UrlPolicy;
	/** For tests. */
	resolve?: Resolve;
	/** Certificate authorities (PEM) in place of those of Node, for tests. */
	ca?: string;
	/** For tests: {@link MAX_IDLE_MS}. */
	maxIdleMs?: number;
	/** For tests: CPU time for the failed handshakes of an owner in a minute. */
	handshakeBudgetMs?: number;
}

export interface OutboundRequest {
	url: string;
	/** The user who supplied the URL. The requests of one owner share connections, and the CPU time of failed TLS handshakes. */
	owner: string;
	headers: Record<string, string>;
	body: string;
	/** Timeout from the name lookup to the end of the response. */
	timeoutMs: number;
	/** Aborts the request, which then rejects with the signal's reason. */
	signal?: AbortSignal;
}

export interface OutboundResponse {
	status: number;
	/** The header Retry-After as sent. */
	retryAfter: string | undefined;
	/** The beginning of the body as text, at most 1 KiB. Empty for a compressed body. */
	excerpt: string;
}

export interface Outbound {
	/** Returns a URL in its normal form. Throws an OutboundError that says what is wrong with it. Connects to nothing. */
	normalizeUrl(url: string): string;
	/**
	 * Sends a POST to a user's URL. Follows no redirects and decompresses nothing. The headers of a response are enough, whether or not its
	 * body completes. Rejects with an OutboundError if there is no response, or if its headers and the framing of its body are too long.
	 */
	post(request: OutboundRequest): Promise<OutboundResponse>;
	/** Closes all connections. Running requests fail. */
	close(): Promise<void>;
}

/** Creates the client for all requests to URLs that users supply. It connects only to allowed addresses, whatever names resolve to. */
export function createOutbound(options: OutboundOptions): Outbound {
	const { policy, resolve = resolveAddresses, ca, maxIdleMs = MAX_IDLE_MS, handshakeBudgetMs } = options;
	const handshakes = createHandshakeBudget(handshakeBudgetMs);
	const agents = new Map<string, { agent: Agent; running: number; idle?: NodeJS.Timeout }>();
	const createAgent = (owner: string) =>
		new Agent({
			keepAliveTimeout: maxIdleMs,
			keepAliveMaxTimeout: maxIdleMs,
			connect: createVettedConnector({
				policy,
				resolve,
				...(ca === undefined ? {} : { ca }),
				handshakeCpu: () => handshakes.usageOf(owner),
			}),
		});
	/** Runs a request with the agent of its owner, which exists for as long as it may have connections. */
	async function withAgent<T>(owner: string, request: (agent: Agent) => Promise<T>): Promise<T> {
		const entry = agents.get(owner) ?? { agent: createAgent(owner), running: 0 };
		agents.set(owner, entry);
		clearTimeout(entry.idle);
		entry.running += 1;
		try {
			return await request(entry.agent);
		} finally {
			entry.running -= 1;
			if (entry.running === 0) entry.idle = setTimeout(() => agents.delete(owner), maxIdleMs).unref();
		}
	}
	return {
		normalizeUrl: (url) => checkUrl(url, policy).href,
		post: (request) => withAgent(request.owner, (agent) => post(agent, policy, request)),
		async close() {
			await Promise.all([...agents.values()].map(({ agent }) => agent.destroy()));
		},
	};
}

async function post(agent: Agent, policy: UrlPolicy, request: OutboundRequest): Promise<OutboundResponse> {
	const { headers, body, signal: aborted, timeoutMs } = request;
	const timeout = AbortSignal.timeout(timeoutMs);
	let informational = 0;
	try {
		const { origin, pathname, search } = checkUrl(request.url, policy);
		const response = await agent.request({
			origin,
			path: pathname + search,
			method: 'POST',
			headers: { ...headers, 'accept-encoding': 'identity' },
			body,
			signal: aborted ? AbortSignal.any([timeout, aborted]) : timeout,
			onInfo() {
				informational += 1;
				if (informational > MAX_INFORMATIONAL)
					throw new OutboundError(
						'invalid_response',
						'The endpoint sent too many informational responses (1xx).',
					);
			},
		});
		const retryAfter = response.headers['retry-after'];
		return {
			status: response.statusCode,
			retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
			excerpt: await readExcerpt(response),
		};
	} catch (error) {
		if (aborted?.aborted) throw aborted.reason;
		throw toOutboundError(timeout.aborted ? timeout.reason : error);
	}
}

/** Reads the beginning of a body, or what has come before the timeout. Throws an OutboundError if its framing is too long. */
async function readExcerpt({ headers, body }: Dispatcher.ResponseData): Promise<string> {
	const isCompressed = headers['content-encoding'] !== undefined;
	const chunks: Buffer[] = [];
	let bytes = 0;
	// Leaving the loop early destroys the body, which may then emit an error.
	body.on('error', () => undefined);
	try {
		for await (const chunk of body) {
			chunks.push(chunk);
			bytes += chunk.length;
			if (bytes > READ_BYTES) break;
		}
	} catch (error) {
		if (error instanceof OutboundError) throw error;
		// The headers are the response.
	}
	if (isCompressed) return '';
	const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString();
	// PostgreSQL stores no NUL.
	return text.replaceAll('\0', '');
}
