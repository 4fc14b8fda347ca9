import { z } from 'zod';

const ANSWER_TIMEOUT_MS = 10_000;
/** A virtual host of its own, so that lists of the product's queues and messages don't show it. */
const PROBE = 'supervisor-probe';

const nodeSchema = z.object({
	/** True while the broker accepts no publishes because it uses too much memory. */
	mem_alarm: z.boolean(),
	/** True while the broker accepts no publishes because its disk is nearly full. */
	disk_free_alarm: z.boolean(),
	/** In bytes, like its limit. */
	disk_free: z.number(),
	disk_free_limit: z.number(),
});

/** Calls the management API. `managementUrl` holds the credentials; rejects on any status but 2xx. */
async function call(managementUrl: string, method: string, path: string, body?: unknown): Promise<Response> {
	const { origin, username, password } = new URL(managementUrl);
	const credentials = `${username}:${decodeURIComponent(password)}`;
	const response = await fetch(`${origin}/api${path}`, {
		method,
		headers: {
			authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
			'content-type': 'application/json',
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
		signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
	});
	if (!response.ok) throw new Error(`management API: status ${response.status}`);
	return response;
}

/** Rejects unless the broker accepts AMQP connections on this port. */
export async function checkRabbitListens(managementUrl: string, amqpPort: number): Promise<void> {
	await call(managementUrl, 'GET', `/health/checks/port-listener/${amqpPort}`);
}

/** Returns the broker's resource alarms and free disk space. Rejects when the management API does not answer within 10 s. */
export async function readRabbitNode(managementUrl: string): Promise<z.infer<typeof nodeSchema>> {
	const columns = Object.keys(nodeSchema.shape).join(',');
	const response = await call(managementUrl, 'GET', `/nodes?columns=${columns}`);
	const [node] = z.array(nodeSchema).parse(await response.json());
	if (!node) throw new Error('management API: no node');
	return node;
}

/**
 * Publishes one persistent message to a quorum queue of its own and waits for the confirm. A node whose write-ahead log died
 * on a full disk still accepts connections and confirms nothing until it restarts; only a publish shows it.
 * During a resource alarm the broker rightly confirms nothing, and a restart can't help, so it counts as alive.
 */
export async function checkRabbitConfirms(managementUrl: string): Promise<void> {
	// The broker works without its management API, so a failure of the API says nothing about the broker.
	const node = await readRabbitNode(managementUrl).catch(() => undefined);
	if (!node || node.disk_free_alarm || node.mem_alarm) return;
	await call(managementUrl, 'PUT', `/vhosts/${PROBE}`, {});
	await call(managementUrl, 'PUT', `/queues/${PROBE}/${PROBE}`, {
		durable: true,
		arguments: { 'x-queue-type': 'quorum', 'x-max-length': 1 },
	});
	await call(managementUrl, 'POST', `/exchanges/${PROBE}/amq.default/publish`, {
		properties: { delivery_mode: 2 },
		routing_key: PROBE,
		payload: '',
		payload_encoding: 'string',
	});
}
