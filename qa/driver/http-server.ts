import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts an HTTP server on this machine; on a free port, unless one is given. */
export async function startHttpServer(handle: RequestListener, wantedPort = 0) {
	const server = createServer(handle).listen(wantedPort, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		/** Closes the server and its connections at once. */
		stop() {
			server.close();
			server.closeAllConnections();
		},
	};
}
