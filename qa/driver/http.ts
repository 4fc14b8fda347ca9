import { type Agent, type IncomingMessage, request } from 'node:http';

export interface Answer {
	status: number;
	headers: Headers;
	/** The parsed JSON; undefined where the answer is none. */
	// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the product answered, and fails when it is not there
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
	signal?: AbortSignal | undefined;
	/** How much of an event stream is read; by default all of it. */
	streamMs?: number;
}

/**
 * Sends one request, whose target may be anything that fits into a line. Follows no redirect and repeats nothing.
 * @throws when no whole answer comes, in time where a time is set
 */
export async function send(
	baseUrl: string,
	method: string,
	target: string,
	options: SendOptions = {},
): Promise<Answer> {
	const { agent, timeoutMs } = options;
	const signals = [options.signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
	const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
	const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
	const { hostname, port } = new URL(baseUrl);
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		const outgoing = request({
			...{ hostname, port, method, path: target, signal },
			...(agent && { agent }),
			headers: headersOf(options, payload),
		});
		outgoing.once('error', reject);
		outgoing.once('response', resolve);
		outgoing.end(payload);
	});
	const headers = new Headers();
	for (const [name, values = []] of Object.entries(answer.headersDistinct))
		for (const value of values) headers.append(name, value);
	const text = await readText(answer, options.streamMs);
	const isJson = headers.get('content-type')?.includes('json');
	return {
		status: answer.statusCode ?? 0,
		...{ headers, text },
		body: text && isJson ? JSON.parse(text) : undefined,
	};
}

function headersOf(
	{ token, body, headers }: SendOptions,
	payload: string | Uint8Array | undefined,
): Record<string, string | string[]> {
	return {
		...(token && { authorization: `Bearer ${token}` }),
		...(body !== undefined && { 'content-type': 'application/json' }),
		...(payload !== undefined && { 'content-length': String(Buffer.byteLength(payload)) }),
		...headers,
	};
}

function readText(answer: IncomingMessage, streamMs: number | undefined): Promise<string> {
	const chunks: Buffer[] = [];
	const isCut = streamMs !== undefined && answer.headers['content-type'] === 'text/event-stream';
	return new Promise((resolve, reject) => {
		const end = () => resolve(Buffer.concat(chunks).toString());
		answer.on('data', (chunk: Buffer) => chunks.push(chunk));
		answer.once('end', end);
		answer.once('error', reject);
		if (!isCut) return;
		setTimeout(() => {
			end();
			answer.destroy();
		}, streamMs);
	});
}
