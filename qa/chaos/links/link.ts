import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a link behaves. `cut`: connections break and new ones are refused. `slow`: every piece of data waits. `silent`: nothing
 * gets through and nobody is told, neither on connections that there are nor on new ones.
 */
export type LinkState = 'whole' | 'cut' | 'slow' | 'silent';

export interface Link {
	name: string;
	/** What was silent is broken by any other state, as it is when a network comes back. */
	set(state: LinkState, delayMs?: number): void;
	/** Nothing more gets through on the connections that there are, and nobody is ever told; new ones work. */
	lose(): void;
	close(): void;
}

interface Pair {
	client: Socket;
	upstream: Socket | undefined;
	/** Swallows what comes, the end included. */
	isLost: boolean;
}

/** Stands between two processes, at a port of its own. */
export async function openLink(name: string, port: number, targetPort: number): Promise<Link> {
	const pairs = new Set<Pair>();
	let [state, delayMs]: [LinkState, number] = ['whole', 0];

	const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
		const pair: Pair = { client, upstream: undefined, isLost: state === 'silent' };
		client.on('error', () => undefined);
		if (state === 'cut') {
			client.resetAndDestroy();
			return;
		}
		pairs.add(pair);
		if (!pair.isLost) {
			const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
			pair.upstream = upstream;
			upstream.on('error', () => undefined);
			pass(pair, client, upstream);
			pass(pair, upstream, client);
		}
		client.once('close', () => pairs.delete(pair));
	});

	/** Order is kept and nothing is held but one piece of data: a reader that waits makes the writer wait. */
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
			// One that ended in good order has said so, and may have been the first of the two to do so.
			if (!pair.isLost && !from.readableEnded) to.destroy();
		});
	}

	function breakAll(which: (pair: Pair) => boolean): void {
		for (const pair of [...pairs].filter(which)) {
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
		name,
		set(next, nextDelayMs = 0) {
			if (state === 'silent') breakAll((pair) => pair.isLost);
			[state, delayMs] = [next, nextDelayMs];
			if (state === 'cut') breakAll(() => true);
			if (state === 'silent') lose();
		},
		lose,
		close() {
			breakAll(() => true);
			server.close();
		},
	};
}
