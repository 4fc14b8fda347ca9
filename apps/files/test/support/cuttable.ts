import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface Cuttable {
	/** Reaches what is behind, while it is not cut. */
	url: string;
	/** Breaks every connection and takes no other. */
	cut(): void;
	mend(): void;
	close(): Promise<void>;
}

/** A way to a server that can be cut. It begins whole, unless `cut` says otherwise. */
export async function cuttable(target: string, options = { cut: false }): Promise<Cuttable> {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	let isCut = options.cut;
	const server = createServer((client) => {
		if (isCut) {
			client.destroy();
			return;
		}
		const behind = connect(Number(port), hostname);
		for (const socket of [client, behind]) {
			sockets.add(socket);
			socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
		}
		client.pipe(behind).on('close', () => client.destroy());
		behind.pipe(client).on('close', () => behind.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const destroyAll = () => {
		for (const socket of sockets) socket.destroy();
	};
	const url = new URL(target);
	url.port = String((server.address() as AddressInfo).port);
	return {
		url: url.href.replace(/\/$/, ''),
		cut() {
			isCut = true;
			destroyAll();
		},
		mend() {
			isCut = false;
		},
		async close() {
			destroyAll();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
