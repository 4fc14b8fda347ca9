import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `cut`: connections break and new ones are refused. `slow`: each piece of data is delayed. `silent`: nothing passes and no error
 * shows, on open connections and on new ones.
 */
export type ProxyState = 'whole' | 'cut' | 'slow' | 'silent';

interface Pair {
	client: Socket;
	upstream: Socket | undefined;
	/** Passes neither data nor the end of a connection. */
	isLost: boolean;
}

const OPTIONS = { host: '127.0.0.1', allowHalfOpen: true, noDelay: true };

/** Opens one address for several replicas. */
export async function openProxy(port: number, targetPorts: readonly number[]): Promise<TcpProxy> {
	const proxy = new TcpProxy(targetPorts);
	proxy.server.listen(port, OPTIONS.host);
	await once(proxy.server, 'listening');
	return proxy;
}

/**
 * A load balancer, like a Service of Kubernetes: each new connection goes to the next replica in turn that accepts it. Chaos tests
 * put one between each two processes and disturb it.
 */
export class TcpProxy {
	readonly server: Server;
	readonly #targetPorts: readonly number[];
	readonly #pairs = new Set<Pair>();
	#state: ProxyState = 'whole';
	#delayMs = 0;
	#turn = 0;

	constructor(targetPorts: readonly number[]) {
		this.#targetPorts = targetPorts;
		this.server = createServer(OPTIONS, (client) => void this.#accept(client));
	}

	/** Sets the state. Silent connections break at the next state, as when a network recovers. */
	set(state: ProxyState, delayMs = 0): void {
		if (this.#state === 'silent') this.#breakAll(({ isLost }) => isLost);
		[this.#state, this.#delayMs] = [state, delayMs];
		if (state === 'cut') this.#breakAll();
		if (state === 'silent') this.lose();
	}

	/** From now on, open connections pass nothing, without an error. New ones work. */
	lose(): void {
		for (const pair of this.#pairs) pair.isLost = true;
	}

	close(): void {
		this.#breakAll();
		this.server.close();
	}

	#breakAll(isBroken = (_: Pair) => true): void {
		for (const pair of [...this.#pairs].filter(isBroken)) breakPair(pair);
	}

	async #accept(client: Socket): Promise<void> {
		client.on('error', () => undefined);
		if (this.#state === 'cut') return void client.resetAndDestroy();
		const pair: Pair = { client, upstream: undefined, isLost: this.#state === 'silent' };
		this.#pairs.add(pair);
		client.once('close', () => this.#pairs.delete(pair));
		if (pair.isLost) return;
		const first = this.#turn++ % this.#targetPorts.length;
		const inTurn = [...this.#targetPorts.slice(first), ...this.#targetPorts.slice(0, first)];
		const upstream = await connectToFirst(inTurn);
		pair.upstream = upstream;
		// the client may have disconnected before a replica accepted the connection
		if (upstream === undefined || client.destroyed) return breakPair(pair);
		this.#pass(pair, client, upstream);
		this.#pass(pair, upstream, client);
	}

	/** Passes data in order. Buffers only one piece, so that a slow reader slows the writer. */
	#pass(pair: Pair, from: Socket, to: Socket): void {
		const later = (work: () => void) => {
			if (this.#state === 'slow') setTimeout(work, this.#delayMs);
			else work();
		};
		from.on('data', (chunk: Buffer) => {
			if (pair.isLost) return;
			from.pause();
			later(() => {
				if (to.write(chunk)) from.resume();
				else to.once('drain', () => from.resume());
			});
		});
		from.on('end', () => {
			if (!pair.isLost) later(() => to.end());
		});
		from.on('close', () => {
			// unless both directions have ended, the connection broke
			if (!pair.isLost && !(from.readableEnded && from.writableFinished)) to.resetAndDestroy();
		});
	}
}

function breakPair({ client, upstream }: Pair): void {
	client.resetAndDestroy();
	upstream?.resetAndDestroy();
}

async function connectToFirst(ports: readonly number[]): Promise<Socket | undefined> {
	for (const port of ports) {
		const socket = connect({ ...OPTIONS, port });
		const isConnected = await once(socket, 'connect').then(
			() => true,
			() => false,
		);
		if (isConnected) return socket.on('error', () => undefined);
	}
	return undefined;
}
