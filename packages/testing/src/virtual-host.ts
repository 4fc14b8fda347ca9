import { setTimeout as sleep } from 'node:timers/promises';
import { requireTestVariable } from './environment.ts';
import { uniqueName } from './unique-name.ts';

const SETTLE_MS = 300;

export interface TestVirtualHost {
	/** An AMQP URL that reaches this virtual host, with every permission in it. */
	url: string;
	/** The virtual host's name, for the management API. */
	name: string;
	/** Removes it with everything in it, closing connections that are still open. */
	drop: () => Promise<void>;
}

/** An empty RabbitMQ virtual host of the caller's own (TEST_AMQP_URL, TEST_AMQP_MANAGEMENT_URL). */
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
 * Clients are locked out and sent away first: a virtual host that goes while one of them declares a dead-lettering quorum
 * queue in it takes the broker's supervisor of dead-lettering down, for every virtual host and until the broker restarts.
 */
async function dropVirtualHost(name: string, username: string): Promise<void> {
	await manage('DELETE', `/api/permissions/${name}/${username}`);
	for (let open = await openConnections(name); open.length > 0; open = await openConnections(name)) {
		// Gone by itself meanwhile is as good.
		await Promise.allSettled(
			open.map((connection) => manage('DELETE', `/api/connections/${encodeURIComponent(connection)}`)),
		);
	}
	// A declaration that was begun outlives its connection for a moment.
	await sleep(SETTLE_MS);
	await manage('DELETE', `/api/vhosts/${name}`);
}

async function openConnections(name: string): Promise<string[]> {
	const answer = await manage('GET', `/api/vhosts/${name}/connections`);
	const connections = JSON.parse(answer) as { name?: string }[];
	return connections.flatMap((connection) => connection.name ?? []);
}

async function manage(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<string> {
	const target = new URL(requireTestVariable('TEST_AMQP_MANAGEMENT_URL'));
	const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
	// fetch refuses a URL with credentials in it
	const response = await fetch(new URL(path, target.origin), {
		method,
		headers: {
			authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
			'content-type': 'application/json',
			// One that was kept may have been closed while this process was too busy to notice.
			connection: 'close',
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const answer = await response.text();
	if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
	return answer;
}
