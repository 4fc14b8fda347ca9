import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LossyProxy = {
	readonly endpoint: string;
	/** Returns the number of requests that complete an upload. */
	readonly completions: () => number;
	readonly close: () => Promise<void>;
};

/** Starts a proxy to the store that drops the first response to a completed upload. */
export async function startLossyProxy(storeEndpoint: string): Promise<LossyProxy> {
	const { hostname, port } = new URL(storeEndpoint);
	let completions = 0;
	const server = createServer((request, response) => {
		const completes = request.method === 'POST' && (request.url ?? '').includes('uploadId=');
		completions += completes ? 1 : 0;
		const isLost = completes && completions === 1;
		const { method, url: path, headers } = request;
		// Keeps the signed host header.
		const onward = forward({ hostname, port, method, path, headers }, (received) => {
			if (isLost) {
				received.resume().once('end', () => request.socket.destroy());
				return;
			}
			response.writeHead(received.statusCode ?? 502, received.headers);
			received.pipe(response);
		});
		request.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		completions: () => completions,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
