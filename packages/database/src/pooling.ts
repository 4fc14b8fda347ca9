import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseSettings } from './client.ts';
import { resolveTimeouts } from './client.ts';

/** `session`: a client keeps its server connection while it is connected. `transaction`: only within a transaction. */
export type PoolMode = 'none' | 'session' | 'transaction';

const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;
/** Enough for a busy transaction pooler to switch the server connection at least once. */
const TRIES = 20;
const ROLE_SETTINGS_LOCK = 72_707_370;

/** The process must not start, because LISTEN and session locks would be lost without an error. The message names the setting. */
export class TransactionPoolerError extends Error {
	override name = 'TransactionPoolerError';
}

async function withClient<R>(url: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
	const client = new pg.Client({
		connectionString: url,
		application_name: 'creatorr-pooling-check',
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		query_timeout: CONNECT_TIMEOUT_MS,
	});
	client.on('error', () => undefined);
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}

async function backendPid(client: pg.Client): Promise<number | undefined> {
	const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
	return rows[0]?.pid;
}

/**
 * Detects a pooler between this process and the server. A pooler sends its own process id in the handshake. One in transaction mode runs two
 * statements of one client on different server connections while another client holds one. Rejects if the database does not respond.
 */
export async function detectPooling(url: string): Promise<PoolMode> {
	return await withClient(url, async (client) => {
		const pid = await backendPid(client);
		if ('processID' in client && client.processID === pid) return 'none';
		return await withClient(url, async (other) => {
			await other.query('BEGIN');
			if ((await backendPid(other)) === pid) return 'transaction';
			for (let count = 0; count < TRIES; count += 1) {
				if ((await backendPid(client)) !== pid) return 'transaction';
			}
			return 'session';
		});
	});
}

/**
 * Makes this service's timeouts the defaults of its role in its database, as a transaction pooler ignores those of a connecting client.
 * Server connections that the pooler has opened keep their defaults.
 */
async function setRoleTimeouts(directUrl: string, settings: Partial<DatabaseSettings>): Promise<void> {
	const { statementTimeoutMs, idleInTransactionMs } = resolveTimeouts(settings);
	await withClient(directUrl, async (client) => {
		await client.query('BEGIN');
		// Two sessions that alter one role at the same time fail with "tuple concurrently updated".
		await client.query('SELECT pg_advisory_xact_lock($1)', [ROLE_SETTINGS_LOCK]);
		const { rows } = await client.query<{ database: string }>('SELECT current_database() AS database');
		const database = client.escapeIdentifier(rows[0]?.database ?? '');
		const set = `ALTER ROLE CURRENT_USER IN DATABASE ${database} SET`;
		await client.query(`${set} statement_timeout = ${Number(statementTimeoutMs)}`);
		await client.query(`${set} idle_in_transaction_session_timeout = ${Number(idleInTransactionMs)}`);
		await client.query('COMMIT');
	});
}

type LogPooling = (event: string, fields: { setting: string; error?: unknown }) => void;

interface PoolingLogger {
	info: LogPooling;
	warn: LogPooling;
}

export interface PoolingCheck extends Pick<DatabaseSettings, 'databaseUrl' | 'directUrl'> {
	/** Name of the direct URL's setting, such as `JOBS_DATABASE_DIRECT_URL`. */
	directUrlSetting: string;
	/** The maximum of all pools of this service. */
	timeouts?: Pick<DatabaseSettings, 'statementTimeoutMs' | 'idleInTransactionMs'>;
	logger: PoolingLogger;
	/** Delay between two attempts while the database is down; 5 s by default. */
	retryMs?: number;
	/** Ends the attempts in the background. Without it they end with the process. */
	closing?: AbortSignal;
}

/** Throws a {@link TransactionPoolerError} if sessions are needed and a transaction pooler would be used. */
async function check({
	databaseUrl,
	directUrl,
	directUrlSetting,
	timeouts = {},
}: Omit<PoolingCheck, 'logger'>): Promise<void> {
	if ((await detectPooling(directUrl ?? databaseUrl)) === 'transaction') {
		const url = directUrl === undefined ? directUrlSetting.replace('_DIRECT', '') : directUrlSetting;
		throw new TransactionPoolerError(
			`${url} leads to a pooler in transaction mode, which loses LISTEN and session locks: ` +
				`set ${directUrlSetting} to a URL of the server itself or of a pooler in session mode`,
		);
	}
	if (directUrl !== undefined) await setRoleTimeouts(directUrl, timeouts);
}

/**
 * Checks at startup that the URL for LISTEN, migrations and session locks keeps sessions. Throws a {@link TransactionPoolerError} if it
 * doesn't. If the database is down, it is checked again in the background, so that services can start in any order. A transaction pooler
 * that is found then ends the process as an unhandled rejection. If the direct URL fails, logs `database.direct_url_failed` once, and
 * `database.direct_url_recovered` when it works again. Failures of `databaseUrl` show in the readiness check.
 */
export async function requireSessionPooling(options: PoolingCheck): Promise<void> {
	const { logger, directUrl, directUrlSetting: setting, retryMs = RETRY_MS, closing } = options;
	let hasFailed = false;
	const tryCheck = async () => {
		try {
			await check(options);
			if (hasFailed) logger.info('database.direct_url_recovered', { setting });
			return true;
		} catch (error) {
			if (error instanceof TransactionPoolerError) throw error;
			if (directUrl !== undefined && !hasFailed) {
				logger.warn('database.direct_url_failed', { setting, error });
				hasFailed = true;
			}
			return false;
		}
	};
	if (await tryCheck()) return;
	const retry = async () => {
		do await sleep(retryMs, undefined, { ref: false, ...(closing && { signal: closing }) });
		while (!(await tryCheck()));
	};
	retry().catch((error: unknown) => {
		if (!closing?.aborted) throw error;
	});
}
