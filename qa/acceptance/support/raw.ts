import { connect, type Socket } from 'node:net';
import { BASE_URL } from '../../driver/client.ts';
import type { HttpResponse } from '../../driver/http.ts';
import { checkAgainstDocument } from '../../driver/openapi.ts';

/** One response as it was received. */
export type RawResponse = HttpResponse;

/** Everything that came back on a connection. */
interface Conversation {
	responses: RawResponse[];
	/** False when the test closed the connection because nothing came anymore. */
	closedByServer: boolean;
}

/** Longer than the server takes to refuse and close. */
const SILENCE_MS = 20_000;

/** Opens a connection to the gateway, from this address of the host. */
export function openSocket(localAddress = '127.0.0.1'): Promise<Socket> {
	const { hostname, port } = new URL(BASE_URL);
	return new Promise((resolve, reject) => {
		const socket = connect({ port: Number(port), host: hostname, localAddress }, () => {
			// The test judges the responses, not how the connection ended.
			socket.off('error', reject).on('error', () => undefined);
			resolve(socket);
		});
		socket.once('error', reject);
	});
}

/** Reads until the server closes the connection. After `silenceMs` without data the test closes it. */
export async function readConversation(socket: Socket, silenceMs = SILENCE_MS): Promise<Conversation> {
	const chunks: Buffer[] = [];
	let closedByServer = true;
	socket.setTimeout(silenceMs, () => {
		closedByServer = false;
		socket.destroy();
	});
	socket.on('data', (chunk) => chunks.push(chunk));
	await new Promise((resolve) => socket.once('close', resolve));
	return { responses: readResponses(Buffer.concat(chunks)), closedByServer };
}

/** Sends bytes that no HTTP client would send. Text is `latin1`, so that a character is a byte. */
export async function converse(bytes: string | Buffer, silenceMs?: number): Promise<Conversation> {
	const socket = await openSocket();
	socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
	return readConversation(socket, silenceMs);
}

/** @throws for anything but complete responses of HTTP/1.1 */
function readResponses(bytes: Buffer): RawResponse[] {
	const responses: RawResponse[] = [];
	for (let rest = bytes; rest.length > 0; ) {
		const headEnd = rest.indexOf('\r\n\r\n');
		const [statusLine = '', ...lines] = rest.subarray(0, headEnd).toString('latin1').split('\r\n');
		const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
		if (headEnd < 0 || !status) throw new Error(`this is no response: ${JSON.stringify(rest.toString())}`);
		const headers = new Headers(
			lines.map((line) => /^([^:]*):(.*)$/.exec(line)?.slice(1) as [string, string]),
		);
		const length = headEnd + 4 + Number(headers.get('content-length') ?? 0);
		if (length > rest.length) throw new Error(`this answer was cut: ${JSON.stringify(rest.toString())}`);
		const text = rest.subarray(headEnd + 4, length).toString();
		responses.push({ status, headers, text, body: text ? JSON.parse(text) : undefined });
		rest = rest.subarray(length);
	}
	return responses;
}

/** Throws when an answer is no error of the contract or lacks a header that every answer has. */
export async function checkRefusal(response: RawResponse): Promise<void> {
	await checkAgainstDocument('RAW', '/', response);
	for (const [name, value] of Object.entries(SECURITY_HEADERS))
		if (response.headers.get(name) !== value) throw new Error(`${name} is ${response.headers.get(name)}`);
}

/** Headers of every answer. */
export const SECURITY_HEADERS = {
	'x-content-type-options': 'nosniff',
	'cache-control': 'no-store',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
};
