import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Ledger } from '../ledger.ts';

/** An endpoint of users that is as unreliable as the product under chaos. */
export interface Receiver {
	/** URL of an endpoint that accepts events. */
	url: string;
	/** URL of an endpoint that responds with 410. */
	goneUrl: string;
	stop(): void;
}

/** Share of requests after which the connection breaks before the response: the receiver was killed after it handled the event. */
const KILLED_SHARE = 0.1;
/** Share of requests that it refuses. */
const REFUSED_SHARE = 0.05;

/** Starts the receiver. The ledger gets every event that it has handled. */
export async function startReceiver(ledger: Ledger): Promise<Receiver> {
	const server = createServer(async (req, res) => {
		if (req.url === '/gone') return res.writeHead(410).end();
		const id = String(req.headers['webhook-id']);
		const body = await text(req).catch(() => undefined);
		if (body === undefined) return;
		const chance = Math.random();
		if (chance < REFUSED_SHARE) return res.writeHead(503).end();
		const known = ledger.received.get(id);
		if (known !== undefined && known.body !== body)
			ledger.violate('event', `${id} arrived again with another body`);
		ledger.received.set(id, { body, times: (known?.times ?? 0) + 1 });
		if (chance < REFUSED_SHARE + KILLED_SHARE) return req.socket.destroy();
		res.writeHead(204).end();
	});
	const url = await listen(server);
	return {
		url: `${url}/events`,
		goneUrl: `${url}/gone`,
		stop() {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function listen(server: Server): Promise<string> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
