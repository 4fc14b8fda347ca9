import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
	/** The target's URL through the proxy. */
	url: string;
	/** Cuts every connection and refuses new ones until {@link TcpProxy.restore}. */
	cut(): void;
	restore(): void;
	close(): Promise<void>;
}

/** Starts a proxy between a client and a server, so that a test can cut one client off and not others. */
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
	const url = new URL(targetUrl);
	url.hostname = '127.0.0.1';
	url.port = String((server.address() as AddressInfo).port);
	const cut = () => {
		isCut = true;
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: url.href,
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
