import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** Starts an endpoint of a user. It records requests and responds with 204 unless `respond` does something else. */
export async function startReceiver() {
	const requests: ReceivedRequest[] = [];
	const accept = (_: ReceivedRequest, res: ServerResponse) => {
		res.writeHead(204).end();
	};
	const receiver = {
		requests,
		url: '',
		/** Requests of a path. */
		of: (path: string) => requests.filter((request) => request.path === path),
		respond: accept as (request: ReceivedRequest, res: ServerResponse) => unknown,
		reset() {
			requests.length = 0;
			receiver.respond = accept;
		},
		async stop() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	const server = createServer(async (req, res) => {
		const request = { path: req.url ?? '', headers: req.headers, body: await text(req) };
		requests.push(request);
		await receiver.respond(request, res);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return receiver;
}
