import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import { detectPooling, TransactionPoolerError } from '../pooling.ts';
import { readMigrations } from './migrations-directory.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';
import { withSession } from './session.ts';

/** The key that Prisma's CLI and engine take, so that a deploy by the CLI also excludes ours. */
const MIGRATION_LOCK = 72_707_369;

/** Less than anybody's patience with a statement. */
const TABLE_WAIT_MS = 3_000;
const TABLE_PAUSE_MS = 1_000;
/** Longer than a transaction of a service may take. */
const TABLE_TRIES_MS = 120_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** The database refused a migration's script, and has undone what the script did: deploying again tries again. */
export class MigrationFailedError extends Error {
	override name = 'MigrationFailedError';
	readonly migration: string;

	constructor(migration: string, cause: unknown) {
		super(`migration ${migration} failed and left nothing behind: ${engineReason(cause)}`, { cause });
		this.migration = migration;
	}
}

export interface MigrateOptions {
	/** Of the role that owns the tables; not through a pooler in transaction mode. */
	databaseUrl: string;
	/** The folder with `schema.prisma` and `migrations/`. */
	directory: string;
	/** How long to wait for another deploy on the same database to end. */
	lockTimeoutMs?: number;
}

/**
 * Applies what is not applied yet of `directory/migrations`, in order, and answers the names that it applied.
 * Reads and writes `_prisma_migrations` as `prisma migrate deploy` does. Any number may run at once: one works, the
 * others wait and find nothing to do. Each script runs as one transaction, so a migration that fails, or whose
 * process is killed, leaves nothing behind and is tried again by the next deploy; hence no script may contain BEGIN,
 * COMMIT or a statement that PostgreSQL refuses in a transaction.
 * A script that does not get a table gives way to those who have it, and is tried again for two minutes.
 * Throws a MigrationFailedError for a script that fails; the migrations before it stay applied.
 */
export async function migrateDeploy(options: MigrateOptions): Promise<string[]> {
	const migrationsList = await readMigrations(options.directory);
	// A mistyped directory must not pass for a database that is up to date.
	if (migrationsList.migrationDirectories.length === 0) {
		throw new Error(`there are no migrations in ${migrationsList.baseDir}`);
	}
	if ((await detectPooling(options.databaseUrl)) === 'transaction') {
		throw new TransactionPoolerError(
			'the URL leads to a pooler in transaction mode, which loses the migration lock: set DATABASE_DIRECT_URL',
		);
	}
	return await withSession(options.databaseUrl, async (client) => {
		await lockMigrations(client, options.lockTimeoutMs ?? 60_000);
		const before = await appliedMigrations(client);
		await applyInTurn(client, migrationsList);
		return (await appliedMigrations(client)).filter((name) => !before.includes(name));
	});
}

/**
 * A script that waits for a table makes everybody behind it wait for that table too. So it gives way after a few seconds, to
 * whoever holds the table and those who come, and is tried again.
 */
async function applyInTurn(client: pg.Client, migrationsList: MigrationList): Promise<void> {
	await client.query("SELECT set_config('lock_timeout', $1, false)", [String(TABLE_WAIT_MS)]);
	for (const end = Date.now() + TABLE_TRIES_MS; ; await sleep(TABLE_PAUSE_MS)) {
		await rollBackUnfinished(client);
		try {
			await applyMigrations(client, migrationsList);
			return;
		} catch (error) {
			if (!isLockTimeout(error) || Date.now() > end) throw error;
		}
	}
}

/** The engine tells PostgreSQL's code in its message alone. */
function isLockTimeout(error: unknown): boolean {
	return error instanceof MigrationFailedError && error.message.includes(LOCK_NOT_AVAILABLE);
}

/** In the order in which they were applied. */
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

/** Applies the list on this session, which must be the only one to do so, and answers the names that it applied. */
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

/** Under the lock an unfinished migration is one that failed or whose process died; its transaction is undone. */
async function rollBackUnfinished(client: pg.Client): Promise<void> {
	if (!(await hasMigrationsTable(client))) return;
	await client.query(
		'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
	);
}

/** The engine says why a script failed, not always which. */
async function nameMigration(client: pg.Client, error: unknown): Promise<unknown> {
	const failed = await client
		.query<{ migration_name: string }>(
			'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL',
		)
		// The session is lost, and its error says more than the failure of this question.
		.catch(() => undefined);
	const name = failed?.rows[0]?.migration_name;
	return name === undefined ? error : new MigrationFailedError(name, error);
}

/** The engine's message without its own call stack. */
function engineReason(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return message.replace(/^external connector error\n/, '').replace(/\n\s+0: [\s\S]*$/, '');
}
