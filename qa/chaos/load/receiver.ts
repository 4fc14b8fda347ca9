import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpServer } from '../../driver/http-server.ts';
import type { Ledger } from '../ledger.ts';

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Share of requests after which the connection breaks before the response: the receiver was killed after it handled the event. */
const KILLED_SHARE = 0.1;
/** Share of requests that it refuses. */
const REFUSED_SHARE = 0.05;

/** Starts an endpoint of users that is as unreliable as the product under chaos. The ledger gets every event that it has handled. */
export async function startReceiver(ledger: Ledger) {
	const start = (port?: number) => startHttpServer((req, res) => void receive(ledger, req, res), port);
	let server = await start();
	return {
		/** Accepts events. Longer paths are other endpoints. */
		url: `${server.url}/events`,
		/** Responds with 410. */
		goneUrl: `${server.url}/gone`,
		/** Breaks all connections and refuses new ones for a while. */
		async kill(forMs: number): Promise<void> {
			server.stop();
			await sleep(forMs);
			server = await start(server.port);
		},
		stop: () => server.stop(),
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
