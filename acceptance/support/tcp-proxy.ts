import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
	/** The URL, leading through the proxy. */
	url: string;
	/** Ends every connection and refuses new ones until {@link TcpProxy.restore}. */
	cut(): void;
	restore(): void;
	close(): Promise<void>;
}

/** Stands between a client and the product, so that a test can take the network away from one and leave it to the others. */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
	const target = new URL(targetUrl);
	const sockets = new Set<Socket>();
	let isCut = false;
	const server = createServer((client) => {
		if (isCut) return client.destroy();
		const upstream = connect(Number(target.port), target.hostname);
		for (const [from, to] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			sockets.add(from);
			from.on('error', () => to.destroy());
			from.on('close', () => {
				sockets.delete(from);
				to.destroy();
			});
			from.pipe(to);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const cut = () => {
		isCut = true;
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: `http://127.0.0.1:${port}`,
		cut,
		restore() {
			isCut = false;
		},
		async close() {
			cut();
			server.close();
			await once(server, 'close');
		},
	};
}
