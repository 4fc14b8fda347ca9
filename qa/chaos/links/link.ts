import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * `cut`: connections break and new ones are refused. `slow`: each piece of data is delayed. `silent`: nothing passes and no error
 * shows, on open connections and on new ones.
 */
export type LinkState = 'whole' | 'cut' | 'slow' | 'silent';

export interface Link {
	name: string;
	/** Silent connections break at the next state, as when a network recovers. */
	set(state: LinkState, delayMs?: number): void;
	/** Open connections pass nothing anymore, without an error; new ones work. */
	lose(): void;
	close(): void;
}

interface Pair {
	client: Socket;
	upstream: Socket | undefined;
	/** Passes nothing, not even the end. */
	isLost: boolean;
}

/** Opens a proxy between two processes, at a port of its own. */
export async function openLink(name: string, port: number, targetPort: number): Promise<Link> {
	const pairs = new Set<Pair>();
	let [state, delayMs]: [LinkState, number] = ['whole', 0];

	const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
		client.on('error', () => undefined);
		if (state === 'cut') return void client.resetAndDestroy();
		const pair: Pair = { client, upstream: undefined, isLost: state === 'silent' };
		pairs.add(pair);
		client.once('close', () => pairs.delete(pair));
		if (pair.isLost) return;
		const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
		pair.upstream = upstream.on('error', () => undefined);
		pass(pair, client, upstream);
		pass(pair, upstream, client);
	});

	/** Keeps the order, and holds one piece of data: a slow reader slows the writer. */
	function pass(pair: Pair, from: Socket, to: Socket): void {
		const later = (work: () => void) => {
			if (state === 'slow') setTimeout(work, delayMs);
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
			// A connection that ended in order has passed its end, and may be the first of the two to do so.
			if (!pair.isLost && !from.readableEnded) to.destroy();
		});
	}

	function breakAll(isBroken: (pair: Pair) => boolean): void {
		for (const pair of [...pairs].filter(isBroken)) {
			pair.client.resetAndDestroy();
			pair.upstream?.resetAndDestroy();
			pairs.delete(pair);
		}
	}

	function lose(): void {
		for (const pair of pairs) pair.isLost = true;
	}

	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		...{ name, lose },
		set(next, nextDelayMs = 0) {
			if (state === 'silent') breakAll((pair) => pair.isLost);
			[state, delayMs] = [next, nextDelayMs];
			if (state === 'cut') breakAll(() => true);
			if (state === 'silent') lose();
		},
		close() {
			breakAll(() => true);
			server.close();
		},
	};
}
