import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * One address for several replicas, as a Service is on Kubernetes: every new connection goes to the next one in turn, and
 * past those that refuse it. Which replica a request goes to is thus a matter of the connection that it travels on.
 */
export async function openBalancer(port: number, replicaPorts: readonly number[]): Promise<Server> {
	let turn = 0;
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
		client.on('error', () => undefined);
		turn += 1;
		const inTurn = replicaPorts.map((_, index) => replicaPorts[(turn + index) % replicaPorts.length] ?? 0);
		void connectToFirst(inTurn).then((replica) => {
			if (replica === undefined) client.resetAndDestroy();
			else join(client, replica);
		});
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

async function connectToFirst(ports: readonly number[]): Promise<Socket | undefined> {
	for (const port of ports) {
		const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
		const isConnected = await once(socket, 'connect').then(
			() => true,
			() => false,
		);
		if (!isConnected) continue;
		socket.on('error', () => undefined);
		return socket;
	}
	return undefined;
}

/** Each sees of the other what it would without us in between: an end as an end, and a break as a break. */
function join(client: Socket, replica: Socket): void {
	for (const [from, to] of [
		[client, replica],
		[replica, client],
	] as const) {
		from.pipe(to);
		from.on('close', () => {
			// an end in both directions, or a break
			if (!from.readableEnded || !from.writableFinished) to.resetAndDestroy();
		});
	}
	// the client may have gone while its replica was looked for
	if (client.destroyed) replica.resetAndDestroy();
}
