import { z } from 'zod';

const ANSWER_TIMEOUT_MS = 10_000;
/** Apart from the product's virtual host, so that no list of queues or messages shows it. */
const PROBE = 'supervisor-probe';

const nodesSchema = z.array(
	z.object({
		mem_alarm: z.boolean(),
		disk_free_alarm: z.boolean(),
		disk_free: z.number(),
		disk_free_limit: z.number(),
	}),
);

interface RabbitAlarms {
	/** True while the broker accepts no publishes because its disk is nearly full. */
	disk: boolean;
	/** True while the broker accepts no publishes because it uses too much memory. */
	memory: boolean;
	diskFreeBytes: number;
	diskFreeLimitBytes: number;
}

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

/** Returns the broker's resource alarms. Rejects when the management API does not answer within 10 s. */
export async function readRabbitAlarms(managementUrl: string): Promise<RabbitAlarms> {
	const response = await call(
		managementUrl,
		'GET',
		'/nodes?columns=mem_alarm,disk_free_alarm,disk_free,disk_free_limit',
	);
	const [node] = nodesSchema.parse(await response.json());
	if (!node) throw new Error('management API: no node');
	return {
		disk: node.disk_free_alarm,
		memory: node.mem_alarm,
		diskFreeBytes: node.disk_free,
		diskFreeLimitBytes: node.disk_free_limit,
	};
}

/**
 * Publishes one persistent message to a quorum queue of its own and waits for the confirm. A node whose write-ahead log died
 * on a full disk still accepts connections and confirms nothing until it restarts; only a publish shows it.
 * While a resource alarm is on the broker rightly confirms nothing and a restart cannot help, so that counts as alive.
 */
export async function checkRabbitConfirms(managementUrl: string): Promise<void> {
	// A management API that is slow or down says nothing about the broker, which goes on without it.
	const alarms = await readRabbitAlarms(managementUrl).catch(() => undefined);
	if (!alarms || alarms.disk || alarms.memory) return;
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
