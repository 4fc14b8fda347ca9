import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** How long a transaction may wait for a free connection. */
const CONNECT_TIMEOUT_MS = 5_000;

const STATEMENT_TIMEOUT_MS = 15_000;

/** Longer than the broker's confirms, which a relay awaits between two statements. */
const IDLE_IN_TRANSACTION_MS = 15_000;

export interface DatabaseSettings {
	databaseUrl: string;
	/**
	 * Bypasses a pooler. If it is set, `databaseUrl` may lead to a pooler in transaction mode, and of the session
	 * settings only the time zone is sent through it.
	 * The pool itself doesn't use it.
	 */
	directUrl?: string | undefined;
	/** Maximum number of connections of this process. */
	poolSize: number;
	/** Name in pg_stat_activity. */
	applicationName: string;
	/** Timeout of a statement, 15 s by default. The client waits 5 s longer for the response. */
	statementTimeoutMs?: number;
	/**
	 * How long a transaction may be idle between statements. Then the locks of a frozen or lost process are released. 15 s by default, more
	 * for transactions that wait for others.
	 */
	idleInTransactionMs?: number;
}

interface ClientOptions {
	adapter: PrismaPg;
	errorFormat: 'minimal';
	transactionOptions: { maxWait: number };
}

/**
 * Creates a Prisma client of the app's generated class with its own pool. It connects with the first query; end it with `$disconnect()`.
 * Its errors contain neither source nor arguments, so that they may be logged.
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

/** Returns the session settings. The adapter sends and expects times in UTC, whatever the server or role is set to. */
function sessionSettings(settings: DatabaseSettings): pg.PoolConfig {
	const { statementTimeoutMs, idleInTransactionMs } = resolveTimeouts(settings);
	// pgbouncer refuses other startup parameters. In transaction mode, a SET would persist on one of its server connections.
	if (settings.directUrl !== undefined) return { options: '-c TimeZone=UTC' };
	const statements = [
		"SET TIME ZONE 'UTC'",
		`SET statement_timeout = ${Number(statementTimeoutMs)}`,
		`SET idle_in_transaction_session_timeout = ${Number(idleInTransactionMs)}`,
	];
	return { onConnect: (client) => client.query(statements.join('; ')) };
}

function createPool(settings: DatabaseSettings): pg.Pool {
	const pool = new pg.Pool({
		connectionString: settings.databaseUrl,
		max: settings.poolSize,
		application_name: settings.applicationName,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		// The server's timeout has no effect if the server is frozen or unreachable.
		query_timeout: resolveTimeouts(settings).statementTimeoutMs + 5_000,
		keepAlive: true,
		...sessionSettings(settings),
	});
	pool.on('release', (_error, client) => {
		// After a query timed out on this side, a transaction returns its connection to the pool as if it were usable.
		if ('readyForQuery' in client && client.readyForQuery === false) void client.end();
	});
	return pool;
}
