import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestServer {
	url: string;
	/** Closes every connection and refuses new ones. */
	stop(): Promise<void>;
	/** Listens again at the same address. */
	start(): Promise<void>;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts a server on loopback with the test's handler. */
export async function startServer(handle: Handle): Promise<TestServer> {
	const server = createServer(async (request, response) => {
		try {
			await handle(request, response);
		} catch {
			// The client disconnected during its request.
			response.destroy();
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		async stop() {
			if (!server.listening) return;
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
		async start() {
			server.listen(port, '127.0.0.1');
			await once(server, 'listening');
		},
	};
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
}

export function reply(response: ServerResponse, status: number, body: unknown, headers = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(JSON.stringify(body));
}

export function replyError(response: ServerResponse, status: number, code: string, headers = {}): void {
	reply(response, status, { error: { code, message: code, request_id: 'req_1' } }, headers);
}
