import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A response as it was sent. */
export interface RawResponse {
	status: number;
	/** By lower-case name. Of a repeated header, only the last value. */
	headers: Record<string, string>;
	body: string;
	text: string;
}

function parse(bytes: string): RawResponse {
	const [head = '', ...rest] = bytes.split('\r\n\r\n');
	const [statusLine = '', ...lines] = head.split('\r\n');
	const headers = Object.fromEntries(
		lines.map((line) => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
		}),
	);
	return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n'), text: bytes };
}

export function open(port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => resolve(socket));
		socket.once('error', reject);
	});
}

/** Reads until the server closes the connection. */
export async function readAll(socket: Socket): Promise<RawResponse> {
	return parse(await text(socket));
}

/** Sends bytes that no HTTP client would send, and reads until the server closes the connection. */
export async function sendRaw(port: number, request: string): Promise<RawResponse> {
	const socket = await open(port);
	socket.write(Buffer.from(request, 'latin1'));
	return readAll(socket);
}

/** Sends one request on a new connection. */
export function rawRequest(
	port: number,
	line: string,
	headers: string[] = [],
	body = '',
): Promise<RawResponse> {
	const head = [`${line} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...headers];
	return sendRaw(port, `${head.join('\r\n')}\r\n\r\n${body}`);
}
