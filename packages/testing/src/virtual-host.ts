import { setTimeout as sleep } from 'node:timers/promises';
import { requireTestVariable } from './environment.ts';
import { uniqueName } from './unique-name.ts';

const SETTLE_MS = 300;

export interface TestVirtualHost {
	/** AMQP URL of this virtual host, with all permissions in it. */
	url: string;
	/** Name of the virtual host, for the management API. */
	name: string;
	/** Deletes it with its queues, and closes open connections. */
	drop: () => Promise<void>;
}

/** Creates an empty RabbitMQ virtual host (TEST_AMQP_URL, TEST_AMQP_MANAGEMENT_URL). */
export async function createVirtualHost(): Promise<TestVirtualHost> {
	const url = new URL(requireTestVariable('TEST_AMQP_URL'));
	const name = uniqueName();
	await manage('PUT', `/api/vhosts/${name}`);
	await manage('PUT', `/api/permissions/${name}/${url.username}`, {
		configure: '.*',
		write: '.*',
		read: '.*',
	});
	url.pathname = `/${name}`;
	return { url: url.href, name, drop: () => dropVirtualHost(name, url.username) };
}

/**
 * Locks clients out and closes their connections first: deleting a virtual host while a client declares a dead-lettering quorum
 * queue in it stops the broker's supervisor of dead-lettering, for every virtual host and until the broker restarts.
 */
async function dropVirtualHost(name: string, username: string): Promise<void> {
	await manage('DELETE', `/api/permissions/${name}/${username}`);
	for (let open = await openConnections(name); open.length > 0; open = await openConnections(name)) {
		// A connection that has closed meanwhile is fine.
		await Promise.allSettled(
			open.map((connection) => manage('DELETE', `/api/connections/${encodeURIComponent(connection)}`)),
		);
	}
	// A declaration may outlive its connection for a moment.
	await sleep(SETTLE_MS);
	await manage('DELETE', `/api/vhosts/${name}`);
}

async function openConnections(name: string): Promise<string[]> {
	const text = await manage('GET', `/api/vhosts/${name}/connections`);
	const connections = JSON.parse(text) as { name?: string }[];
	return connections.flatMap((connection) => connection.name ?? []);
}

async function manage(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<string> {
	const target = new URL(requireTestVariable('TEST_AMQP_MANAGEMENT_URL'));
	const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
	// fetch rejects URLs with credentials.
	const response = await fetch(new URL(path, target.origin), {
		method,
		headers: {
			authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
			'content-type': 'application/json',
			// A kept-alive connection may have been closed while this process was too busy to notice.
			connection: 'close',
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
	return text;
}
