import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import { detectPooling, TransactionPoolerError } from '../pooling.ts';
import { readMigrations } from './migrations-directory.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';
import { withSession } from './session.ts';

/** The advisory lock of Prisma's CLI and engine, so that a deploy by the CLI excludes ours. */
const MIGRATION_LOCK = 72_707_369;

/** Shorter than the statement timeouts of services. */
const TABLE_LOCK_TIMEOUT_MS = 3_000;
const TABLE_RETRY_DELAY_MS = 1_000;
/** Longer than any transaction of a service. */
const TABLE_RETRY_FOR_MS = 120_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** The database refused a migration and has rolled it back. The next deploy tries again. */
export class MigrationFailedError extends Error {
	override name = 'MigrationFailedError';
	readonly migration: string;

	constructor(migration: string, cause: unknown) {
		super(`migration ${migration} failed and left nothing behind: ${engineReason(cause)}`, { cause });
		this.migration = migration;
	}
}

export interface MigrateOptions {
	/** Connects as the role that owns the tables, not through a pooler in transaction mode. */
	databaseUrl: string;
	/** Directory with `schema.prisma` and `migrations/`. */
	directory: string;
	/** How long to wait for another deploy on the same database. */
	lockTimeoutMs?: number;
	/** Names the setting of a URL that bypasses a pooler, for the error; `DATABASE_DIRECT_URL` by default. */
	directUrlSetting?: string;
}

/**
 * Applies the pending migrations of `directory/migrations` in order, and returns their names. Reads and writes `_prisma_migrations` as
 * `prisma migrate deploy` does. Of concurrent calls, one works, and the others wait and find nothing to do. Each migration is one
 * transaction, so one that fails, or whose process is killed, is rolled back and tried again by the next deploy; therefore no migration
 * may contain BEGIN, COMMIT or a statement that PostgreSQL refuses in a transaction.
 * A migration that can't lock a table within 3 s is rolled back, so that others can use the table, and retried for two minutes.
 * Throws a MigrationFailedError for a failed migration; earlier ones stay applied.
 */
export async function migrateDeploy(options: MigrateOptions): Promise<string[]> {
	const migrationsList = await readMigrations(options.directory);
	// A mistyped directory must not pass for an up-to-date database.
	if (migrationsList.migrationDirectories.length === 0) {
		throw new Error(`there are no migrations in ${migrationsList.baseDir}`);
	}
	if ((await detectPooling(options.databaseUrl)) === 'transaction') {
		throw new TransactionPoolerError(
			`the URL leads to a pooler in transaction mode, which loses the migration lock: set ${options.directUrlSetting ?? 'DATABASE_DIRECT_URL'}`,
		);
	}
	return await withSession(options.databaseUrl, async (client) => {
		await lockMigrations(client, options.lockTimeoutMs ?? 60_000);
		const before = await appliedMigrations(client);
		await applyWithRetries(client, migrationsList);
		return (await appliedMigrations(client)).filter((name) => !before.includes(name));
	});
}

/**
 * Applies migrations. A statement that waits for a table lock blocks all later statements on the table, so it fails after a few seconds
 * and its migration is retried.
 */
async function applyWithRetries(client: pg.Client, migrationsList: MigrationList): Promise<void> {
	await client.query("SELECT set_config('lock_timeout', $1, false)", [String(TABLE_LOCK_TIMEOUT_MS)]);
	for (const end = Date.now() + TABLE_RETRY_FOR_MS; ; await sleep(TABLE_RETRY_DELAY_MS)) {
		await rollBackUnfinished(client);
		try {
			await applyMigrations(client, migrationsList);
			return;
		} catch (error) {
			if (!isLockTimeout(error) || Date.now() > end) throw error;
		}
	}
}

/** Whether the error is a lock timeout. The engine has PostgreSQL's code only in its message. */
function isLockTimeout(error: unknown): boolean {
	return error instanceof MigrationFailedError && error.message.includes(LOCK_NOT_AVAILABLE);
}

/** Returns the names of applied migrations in the order in which they were applied. */
async function appliedMigrations(client: pg.Client): Promise<string[]> {
	if (!(await hasMigrationsTable(client))) return [];
	const { rows } = await client.query<{ migration_name: string }>(
		'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY started_at',
	);
	return rows.map(({ migration_name }) => migration_name);
}

async function hasMigrationsTable(client: pg.Client): Promise<boolean> {
	const { rows } = await client.query<{ name: string | null }>(
		"SELECT to_regclass('_prisma_migrations') AS name",
	);
	return Boolean(rows[0]?.name);
}

/** Applies the list on this session, which must be the only one to do so. Returns the names of the applied migrations. */
export async function applyMigrations(client: pg.Client, migrationsList: MigrationList): Promise<string[]> {
	try {
		const { appliedMigrationNames } = await withSchemaEngine(client, (engine) =>
			engine.applyMigrations({ migrationsList, filters: NO_FILTERS }),
		);
		return appliedMigrationNames;
	} catch (error) {
		throw await nameMigration(client, error);
	}
}

async function lockMigrations(client: pg.Client, timeoutMs: number): Promise<void> {
	await client.query("SELECT set_config('lock_timeout', $1, false)", [String(timeoutMs)]);
	await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]).catch((cause: unknown) => {
		throw new Error(
			`couldn't get the migration lock within ${timeoutMs} ms; another migration may be running`,
			{ cause },
		);
	});
	await client.query('RESET lock_timeout');
}

/** Marks unfinished migrations as rolled back. Under the lock, such a migration has failed or its process died. */
async function rollBackUnfinished(client: pg.Client): Promise<void> {
	if (!(await hasMigrationsTable(client))) return;
	await client.query(
		'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
	);
}

/** Adds the name of the failed migration, which the engine's error may lack. */
async function nameMigration(client: pg.Client, error: unknown): Promise<unknown> {
	const failed = await client
		.query<{ migration_name: string }>(
			'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL',
		)
		// The session is lost. Its error says more than the failure of this query.
		.catch(() => undefined);
	const name = failed?.rows[0]?.migration_name;
	return name === undefined ? error : new MigrationFailedError(name, error);
}

/** Returns the engine's message without its stack. */
function engineReason(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return message.replace(/^external connector error\n/, '').replace(/\n\s+0: [\s\S]*$/, '');
}
