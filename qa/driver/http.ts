import { type Agent, type IncomingMessage, request } from 'node:http';

export interface HttpResponse {
	status: number;
	headers: Headers;
	/** The parsed JSON; undefined for other content. */
	// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer, and fails when a field is missing
	body: any;
	text: string;
}

export interface SendOptions {
	token?: string | undefined;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent unchanged. */
	raw?: string | Uint8Array | undefined;
	/** A list is sent as several headers. */
	headers?: Record<string, string | string[]>;
	/** Node's own by default, which keeps connections. */
	agent?: Agent | undefined;
	/** For the whole answer; none by default. */
	timeoutMs?: number | undefined;
	/** How long an event stream is read; by default to its end. */
	streamMs?: number;
}

/**
 * Sends one request, whose target may be anything that fits into a line. Doesn't follow redirects or retry.
 * @throws when there is no complete answer, in time where a time is set
 */
export async function send(
	baseUrl: string,
	method: string,
	target: string,
	options: SendOptions = {},
): Promise<HttpResponse> {
	const { agent, timeoutMs, streamMs, token, body, raw } = options;
	const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
	const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
	const { hostname, port } = new URL(baseUrl);
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const outgoing = request({
			hostname,
			port,
			method,
			path: target,
			signal,
			...(agent && { agent }),
			headers: {
				...(token && { authorization: `Bearer ${token}` }),
				...(body !== undefined && { 'content-type': 'application/json' }),
				...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload)) }),
				...options.headers,
			},
		});
		outgoing.once('error', reject).once('response', resolve).end(payload);
	});
	const headers = new Headers();
	for (const [name, values = []] of Object.entries(response.headersDistinct))
		for (const value of values) headers.append(name, value);
	const isStream = headers.get('content-type')?.startsWith('text/event-stream');
	const text = await readText(response, isStream ? streamMs : undefined);
	const isJson = text !== '' && headers.get('content-type')?.includes('json');
	return { status: response.statusCode ?? 0, headers, text, body: isJson ? JSON.parse(text) : undefined };
}

function readText(response: IncomingMessage, forMs: number | undefined): Promise<string> {
	const chunks: Buffer[] = [];
	return new Promise((resolve, reject) => {
		const end = () => resolve(Buffer.concat(chunks).toString());
		response.on('data', (chunk: Buffer) => chunks.push(chunk));
		response.once('end', end).once('error', reject);
		if (forMs === undefined) return;
		setTimeout(() => {
			end();
			response.destroy();
		}, forMs);
	});
}
