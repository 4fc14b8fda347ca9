import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';

/** An endpoint of users that is as unreliable as the product under chaos. */
export interface Receiver {
	/** URL of an endpoint that accepts events. Longer paths are other endpoints. */
	url: string;
	/** URL of an endpoint that responds with 410. */
	goneUrl: string;
	/** Breaks all connections and refuses new ones for a while. */
	kill(forMs: number): Promise<void>;
	stop(): void;
}

/** Share of requests after which the connection breaks before the response: the receiver was killed after it handled the event. */
const KILLED_SHARE = 0.1;
/** Share of requests that it refuses. */
const REFUSED_SHARE = 0.05;

/** Starts the receiver. The ledger gets every event that it has handled. */
export async function startReceiver(ledger: Ledger): Promise<Receiver> {
	const server = createServer((req, res) => void receive(ledger, req, res));
	await listen(server, 0);
	const { port } = server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;
	const stop = () => {
		server.close();
		server.closeAllConnections();
	};
	return {
		url: `${url}/events`,
		goneUrl: `${url}/gone`,
		async kill(forMs) {
			stop();
			await sleep(forMs);
			await listen(server, port);
		},
		stop,
	};
}

async function receive(ledger: Ledger, req: IncomingMessage, res: ServerResponse): Promise<unknown> {
	const { url: path = '' } = req;
	if (path === '/gone') return res.writeHead(410).end();
	const id = String(req.headers['webhook-id']);
	const body = await text(req).catch(() => undefined);
	if (body === undefined) return;
	const chance = Math.random();
	if (chance < REFUSED_SHARE) return res.writeHead(503).end();
	record(ledger, { path, id, body });
	if (chance < REFUSED_SHARE + KILLED_SHARE) return req.socket.destroy();
	return res.writeHead(204).end();
}

/** Repeats must have the same body, and the same id for the same job. */
function record(ledger: Ledger, { path, id, body }: { path: string; id: string; body: string }): void {
	const known = ledger.received.get(`${path} ${id}`);
	if (known !== undefined && known.body !== body)
		ledger.violate('event', `${id} arrived again with another body`);
	ledger.received.set(`${path} ${id}`, { body, times: (known?.times ?? 0) + 1 });
	const { job_id } = JSON.parse(body).data;
	if (job_id === undefined) return;
	const before = ledger.receivedJobs.get(`${path} ${job_id}`) ?? id;
	if (before !== id) ledger.violate('event', `the end of ${job_id} arrived as ${before} and as ${id}`);
	ledger.receivedJobs.set(`${path} ${job_id}`, id);
}

async function listen(server: Server, port: number): Promise<void> {
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
}
