import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { waitFor } from './wait-for.ts';

export interface Pgbouncer {
	/** Connects to the target's database through pgbouncer. */
	url: string;
	stop(): Promise<void>;
}

/** Returns a port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** pgbouncer refuses to run as root. As nobody in a user namespace it keeps its real pid. */
const AS_NOBODY =
	process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] : [];

function configuration(target: URL, listenPort: number, mode: string): string {
	return `[databases]
* = host=${target.hostname} port=${target.port} user=${target.username} password=${decodeURIComponent(target.password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`;
}

async function connectOnce(url: string): Promise<void> {
	const client = new pg.Client(url);
	try {
		await client.connect();
	} finally {
		await client.end();
	}
}

/** Starts pgbouncer in front of the database of `targetUrl`, with default settings except `mode`. */
export async function startPgbouncer(targetUrl: string, mode: 'session' | 'transaction'): Promise<Pgbouncer> {
	const target = new URL(targetUrl);
	const listenPort = await freePort();
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-pgbouncer-'));
	chmodSync(directory, 0o755);
	const file = join(directory, 'pgbouncer.ini');
	writeFileSync(file, configuration(target, listenPort, mode));
	const [program = '', ...args] = [...AS_NOBODY, 'pgbouncer', file];
	const child = spawn(program, args, { stdio: 'ignore' });
	const exited = once(child, 'exit');
	const url = `postgresql://${target.username}@127.0.0.1:${listenPort}${target.pathname}`;
	await waitFor(() => connectOnce(url));
	return {
		url,
		async stop() {
			child.kill('SIGKILL');
			await exited;
			rmSync(directory, { recursive: true });
		},
	};
}
