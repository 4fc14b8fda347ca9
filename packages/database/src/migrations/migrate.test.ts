import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase, type TestDatabase } from '@creatorr/testing/database';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { createMigrationsFolder, type MigrationsFolder } from '../testing/migrations-folder.ts';
import { exists, query, waitUntil } from '../testing/query.ts';
import { MigrationFailedError, migrateDeploy } from './migrate.ts';

const CLI = join(import.meta.dirname, '../cli.ts');

let database: TestDatabase;
let folder: MigrationsFolder;
let directory: string;
let databaseUrl: string;

beforeEach(async () => {
	database = await createDatabase();
	folder = await createMigrationsFolder();
	databaseUrl = database.url;
	directory = folder.directory;
	await folder.write('20260102000000_second', 'INSERT INTO first VALUES (2);');
	await folder.write('20260101000000_first', 'CREATE TABLE first(n int);');
});

afterEach(async () => {
	await database.drop();
	await folder.remove();
});

function spawnDeploy(): ChildProcess {
	return spawn(process.execPath, [CLI, 'deploy', directory], {
		env: { ...process.env, DATABASE_URL: databaseUrl },
		stdio: 'ignore',
	});
}

async function scriptIsSleeping(): Promise<boolean> {
	const rows = await query(databaseUrl, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
	return rows.length > 0;
}

test('migrateDeploy applies migrations in the order of their names', async () => {
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual([
		'20260101000000_first',
		'20260102000000_second',
	]);
	expect(await query(databaseUrl, 'SELECT n FROM first')).toEqual([{ n: 2 }]);
});

test('migrateDeploy records each migration as Prisma does', async () => {
	await migrateDeploy({ databaseUrl, directory });
	const [first] = await query(databaseUrl, 'SELECT * FROM _prisma_migrations ORDER BY started_at');
	expect(first).toEqual({
		id: expect.any(String),
		checksum: createHash('sha256').update('CREATE TABLE first(n int);').digest('hex'),
		migration_name: '20260101000000_first',
		started_at: expect.any(Date),
		finished_at: expect.any(Date),
		logs: null,
		rolled_back_at: null,
		applied_steps_count: 1,
	});
});

test('a second deploy applies only new migrations', async () => {
	await migrateDeploy({ databaseUrl, directory });
	await folder.write('20260103000000_third', 'INSERT INTO first VALUES (3);');
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual(['20260103000000_third']);
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual([]);
});

test('concurrent deploys apply each migration once', async () => {
	const deploys = [1, 2, 3].map(() =>
		promisify(execFile)(process.execPath, [CLI, 'deploy', directory], {
			env: { ...process.env, DATABASE_URL: databaseUrl },
		}),
	);
	const outputs = (await Promise.all(deploys)).map((deploy) => deploy.stdout.trim()).sort();
	expect(outputs).toEqual([
		'Applied 20260101000000_first.\nApplied 20260102000000_second.',
		'Nothing to apply.',
		'Nothing to apply.',
	]);
	expect(await query(databaseUrl, 'SELECT n FROM first')).toEqual([{ n: 2 }]);
});

test.each([
	['SELECT 1 / 0;', 'ERROR: division by zero (SQLSTATE 22012)'],
	['SELECT n FROM nowhere;', 'relation "nowhere" does not exist (SQLSTATE 42P01)'],
	["SELECT 'x'::int;", 'invalid input syntax for type integer: "x" (SQLSTATE 22P02)'],
	['CREATE TABEL typo();', 'syntax error at or near "TABEL" (SQLSTATE 42601)'],
	['CREATE INDEX CONCURRENTLY i ON first(n);', 'cannot run inside a transaction block (SQLSTATE 25001)'],
])('the error of %j names the migration and says %j', async (sql, reason) => {
	await folder.write('20260103000000_broken', sql);
	const failure = migrateDeploy({ databaseUrl, directory });
	await expect(failure).rejects.toThrow(MigrationFailedError);
	await expect(failure).rejects.toMatchObject({ migration: '20260103000000_broken' });
	await expect(failure).rejects.toThrow('migration 20260103000000_broken failed and left nothing behind: ');
	await expect(failure).rejects.toThrow(reason);
});

test('a failed migration is rolled back, and earlier ones stay applied', async () => {
	await folder.write('20260103000000_broken', 'CREATE TABLE half(n int); SELECT 1 / 0;');
	await expect(migrateDeploy({ databaseUrl, directory })).rejects.toThrow();
	expect(await exists(databaseUrl, 'half')).toBe(false);
	expect(await exists(databaseUrl, 'first')).toBe(true);
});

test('a failed migration is applied after it was corrected', async () => {
	await folder.write('20260103000000_broken', 'CREATE TABLE half(n int); SELECT 1 / 0;');
	await expect(migrateDeploy({ databaseUrl, directory })).rejects.toThrow();
	await folder.write('20260103000000_broken', 'CREATE TABLE half(n int);');
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual(['20260103000000_broken']);
});

test('a migration whose connection is lost is rolled back, and applied by the next deploy', async () => {
	await folder.write('20260103000000_slow', 'CREATE TABLE slow(n int); SELECT pg_sleep(1);');
	const failure = expect(migrateDeploy({ databaseUrl, directory })).rejects.toThrow(
		'connection to the database was lost',
	);
	await waitUntil(scriptIsSleeping);
	await query(
		databaseUrl,
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
	);
	await failure;
	expect(await exists(databaseUrl, 'slow')).toBe(false);
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual(['20260103000000_slow']);
});

test('a migration that the database completes after its process was killed counts as applied', async () => {
	await folder.write('20260103000000_slow', 'CREATE TABLE slow(n int); SELECT pg_sleep(1);');
	const deploy = spawnDeploy();
	await waitUntil(scriptIsSleeping);
	deploy.kill('SIGKILL');
	await once(deploy, 'exit');
	expect(await migrateDeploy({ databaseUrl, directory })).toEqual([]);
	expect(await exists(databaseUrl, 'slow')).toBe(true);
});

test('a deploy that can’t get the lock in time fails with an error that says so', async () => {
	const holder = new pg.Client(databaseUrl);
	await holder.connect();
	await holder.query('SELECT pg_advisory_lock(72707369)');
	const failure = migrateDeploy({ databaseUrl, directory, lockTimeoutMs: 100 });
	await expect(failure).rejects.toThrow("couldn't get the migration lock within 100 ms");
	await holder.end();
});

test('a function whose body contains semicolons is one statement', async () => {
	await folder.write(
		'20260103000000_function',
		'CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$; -- no ; more',
	);
	await migrateDeploy({ databaseUrl, directory });
	expect(await query(databaseUrl, 'SELECT two()')).toEqual([{ two: 2 }]);
});

test('a directory without migrations is refused', async () => {
	const failure = migrateDeploy({ databaseUrl, directory: join(directory, 'mistyped') });
	await expect(failure).rejects.toThrow('there are no migrations in');
});

test('a database that is down fails the deploy', async () => {
	const failure = migrateDeploy({ databaseUrl: 'postgresql://127.0.0.1:1/none', directory });
	await expect(failure).rejects.toThrow('ECONNREFUSED');
});

test('a migration that waits for a table lets other transactions use it, and is applied between them', async () => {
	await migrateDeploy({ databaseUrl, directory });
	await folder.write('20260103000000_third', 'ALTER TABLE first ADD COLUMN m int;');
	const holder = new pg.Client({ connectionString: databaseUrl });
	await holder.connect();
	await holder.query('BEGIN');
	await holder.query('SELECT n FROM first FOR UPDATE');
	const deploy = migrateDeploy({ databaseUrl, directory });
	await waitUntil(async () => {
		const waits = await query(
			databaseUrl,
			"SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation'",
		);
		return waits.length > 0;
	});
	// Queued behind it, and completed while the table is still locked.
	expect(await query(databaseUrl, 'SELECT n FROM first')).toEqual([{ n: 2 }]);
	await holder.query('COMMIT');
	await holder.end();
	expect(await deploy).toEqual(['20260103000000_third']);
	expect(await query(databaseUrl, 'SELECT m FROM first')).toEqual([{ m: null }]);
}, 30_000);
