import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** How long a transaction may wait for a free connection. */
const CONNECT_TIMEOUT_MS = 5_000;

const STATEMENT_TIMEOUT_MS = 15_000;

/** More than the broker's confirms may take, which a relay waits for between two statements. */
const IDLE_IN_TRANSACTION_MS = 15_000;

export interface DatabaseSettings {
	databaseUrl: string;
	/**
	 * Leads past a pooler. When it is given, `databaseUrl` may lead to a pooler in transaction mode: no session settings are sent
	 * through it. Not used by the pool itself.
	 */
	directUrl?: string | undefined;
	/** Connections that this process opens at most. */
	poolSize: number;
	/** Shown in pg_stat_activity. */
	applicationName: string;
	/** How long one statement may run, 15 s unless given; the client waits for the answer 5 s longer. */
	statementTimeoutMs?: number;
	/**
	 * How long a transaction may stay open between statements: what a process has locked that vanished without a word, or froze,
	 * is free again after it. 15 s, unless it waits for others for longer.
	 */
	idleInTransactionMs?: number;
}

interface ClientOptions {
	adapter: PrismaPg;
	errorFormat: 'minimal';
	transactionOptions: { maxWait: number };
}

/**
 * A Prisma client of the app's own generated class on a pool of its own. It connects with the first query; end it with
 * `$disconnect()`. Errors carry neither source nor arguments, so that they may be logged.
 */
export function createPrisma<C>(
	PrismaClient: new (options: ClientOptions) => C,
	settings: DatabaseSettings,
): C {
	const adapter = new PrismaPg(createPool(settings), { disposeExternalPool: true });
	return new PrismaClient({
		adapter,
		errorFormat: 'minimal',
		transactionOptions: { maxWait: CONNECT_TIMEOUT_MS },
	});
}

/** Returns the timeouts of a pool's connections, with their defaults. */
export function resolveTimeouts({
	statementTimeoutMs = STATEMENT_TIMEOUT_MS,
	idleInTransactionMs = IDLE_IN_TRANSACTION_MS,
}: Partial<DatabaseSettings>) {
	return { statementTimeoutMs, idleInTransactionMs };
}

/** The adapter takes and gives times as UTC, whatever the server or the role is set to. */
function sessionSettings(settings: DatabaseSettings): pg.PoolConfig {
	const { statementTimeoutMs, idleInTransactionMs } = resolveTimeouts(settings);
	// A transaction pooler refuses other startup parameters, and a SET would stay with one of its server connections.
	if (settings.directUrl !== undefined) return { options: '-c TimeZone=UTC' };
	return {
		statement_timeout: statementTimeoutMs,
		idle_in_transaction_session_timeout: idleInTransactionMs,
		onConnect: (client) => client.query("SET TIME ZONE 'UTC'"),
	};
}

function createPool(settings: DatabaseSettings): pg.Pool {
	const pool = new pg.Pool({
		connectionString: settings.databaseUrl,
		max: settings.poolSize,
		application_name: settings.applicationName,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		// The server's timeout says nothing when the server is frozen or out of reach.
		query_timeout: resolveTimeouts(settings).statementTimeoutMs + 5_000,
		keepAlive: true,
		...sessionSettings(settings),
	});
	pool.on('release', (_error, client) => {
		// A transaction gives its connection back as if nothing were wrong after a query timed out on this side.
		if ('readyForQuery' in client && client.readyForQuery === false) void client.end();
	});
	return pool;
}
