import { connect, type Socket } from 'node:net';
import { BASE_URL } from './client.ts';
import { checkAgainstDocument } from './openapi.ts';

/** One answer as it came over the wire. */
export interface RawAnswer {
	status: number;
	headers: Headers;
	text: string;
	// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the product answered, and fails when it is not there
	body: any;
}

/** Everything that came back on a connection. */
interface Conversation {
	answers: RawAnswer[];
	/** Whether the server closed the connection, rather than the test, which lost its patience. */
	closedByServer: boolean;
}

/** Longer than the server takes to refuse and close. */
const PATIENCE_MS = 20_000;

/** Opens a connection to the gateway, from this address of the machine. */
export function openSocket(localAddress = '127.0.0.1'): Promise<Socket> {
	const { hostname, port } = new URL(BASE_URL);
	return new Promise((resolve, reject) => {
		const socket = connect({ port: Number(port), host: hostname, localAddress }, () => {
			socket.off('error', reject);
			// What becomes of it the test sees from what was answered.
			socket.on('error', () => undefined);
			resolve(socket);
		});
		socket.once('error', reject);
	});
}

/** All that comes until the server closes; without `patienceMs` of silence it never does, and the test closes. */
export function readConversation(socket: Socket, patienceMs = PATIENCE_MS): Promise<Conversation> {
	const chunks: Buffer[] = [];
	let closedByServer = true;
	socket.setTimeout(patienceMs, () => {
		closedByServer = false;
		socket.destroy();
	});
	socket.on('data', (chunk) => chunks.push(chunk));
	return new Promise((resolve, reject) => {
		socket.once('close', () => {
			try {
				resolve({ answers: readAnswers(Buffer.concat(chunks)), closedByServer });
			} catch (error) {
				reject(error);
			}
		});
	});
}

/** Sends bytes that no HTTP client would; `latin1` text, so that a character is a byte. */
export async function converse(bytes: string | Buffer, patienceMs?: number): Promise<Conversation> {
	const socket = await openSocket();
	socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
	return readConversation(socket, patienceMs);
}

/** Cuts what came into answers. Throws when it is anything but whole answers of HTTP/1.1. */
function readAnswers(bytes: Buffer): RawAnswer[] {
	const answers: RawAnswer[] = [];
	for (let rest = bytes; rest.length > 0; ) {
		const { answer, length } = readAnswer(rest);
		answers.push(answer);
		rest = rest.subarray(length);
	}
	return answers;
}

function readAnswer(bytes: Buffer): { answer: RawAnswer; length: number } {
	const headEnd = bytes.indexOf('\r\n\r\n');
	const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
	const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
	if (headEnd < 0 || !status) throw new Error(`this is no answer: ${JSON.stringify(bytes.toString())}`);
	const headers = new Headers(
		lines.map((line): [string, string] => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon), line.slice(colon + 1).trim()];
		}),
	);
	const length = headEnd + 4 + Number(headers.get('content-length') ?? 0);
	if (length > bytes.length) throw new Error(`this answer was cut: ${JSON.stringify(bytes.toString())}`);
	const text = bytes.subarray(headEnd + 4, length).toString();
	return { answer: { status, headers, text, body: text ? JSON.parse(text) : undefined }, length };
}

/** Throws when an answer is not an error of the contract with every header that all answers have. */
export async function checkRefusal(answer: RawAnswer): Promise<void> {
	await checkAgainstDocument('RAW', '/', answer);
	for (const [name, value] of Object.entries(HARDENING)) {
		if (answer.headers.get(name) !== value) throw new Error(`${name} is ${answer.headers.get(name)}`);
	}
}

/** On every answer, whoever made it. */
export const HARDENING = {
	'x-content-type-options': 'nosniff',
	'cache-control': 'no-store',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
};
