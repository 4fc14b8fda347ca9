import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { requireTestVariable } from './environment.ts';
import { uniqueName } from './unique-name.ts';

export interface TestDatabase {
	/** Connects as the owner of this database, a role without rights outside of it. */
	url: string;
	/** Drops database and role, and terminates open connections. */
	drop: () => Promise<void>;
}

/** Creates an empty PostgreSQL database (TEST_POSTGRES_ADMIN_URL). */
export async function createDatabase(): Promise<TestDatabase> {
	const name = uniqueName();
	await asAdmin(async (query) => {
		await createRole(query, name);
		await query(`CREATE DATABASE "${name}" OWNER "${name}"`);
		await query(`REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`);
	});
	return testDatabase(name);
}

/** `@creatorr/database/migrate`, which depends on this package for its own tests. */
interface MigrateModule {
	migrateDeploy(options: { databaseUrl: string; directory: string }): Promise<unknown>;
}

/**
 * Creates a database with an app's tables (TEST_POSTGRES_ADMIN_URL), much faster than a migration: a copy of a template that stays
 * on the server, one for each state of the migrations. Imports the migration engine only if there is no template yet.
 * @param directory of the app's `schema.prisma` and `migrations/`
 */
export async function createMigratedDatabase(
	directory: string,
	importMigrate: () => Promise<MigrateModule>,
): Promise<TestDatabase> {
	const name = uniqueName();
	const template = `template-${digestOf(directory)}`;
	const migrate = async (databaseUrl: string) =>
		await (await importMigrate()).migrateDeploy({ databaseUrl, directory });
	await asAdmin(async (query) => {
		await withLock(query, template, () => prepareTemplate(query, template, migrate));
		await createRole(query, name);
		await query(`CREATE DATABASE "${name}" OWNER "${name}" TEMPLATE "${template}"`);
		await query(`REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`);
	});
	// The copied tables belong to the template's role, which owns nothing else in this database.
	await asAdmin((query) => query(`REASSIGN OWNED BY "${template}" TO "${name}"`), name);
	return testDatabase(name);
}

type Query = (statement: string) => Promise<{ rowCount: number | null }>;

/** Runs statements as the administrator, each in a transaction of its own. */
async function asAdmin<R>(work: (query: Query) => Promise<R>, database?: string): Promise<R> {
	const url = new URL(requireTestVariable('TEST_POSTGRES_ADMIN_URL'));
	if (database !== undefined) url.pathname = `/${database}`;
	const client = new pg.Client({ connectionString: url.href });
	await client.connect();
	try {
		return await work((statement) => client.query(statement));
	} finally {
		await client.end();
	}
}

/** Lets one of several concurrent test processes work on the template at a time. */
async function withLock(query: Query, name: string, work: () => Promise<void>): Promise<void> {
	await query(`SELECT pg_advisory_lock(hashtext('${name}'))`);
	await work();
	await query(`SELECT pg_advisory_unlock(hashtext('${name}'))`);
}

/** Builds the template under another name first, so that a killed process leaves no half-migrated template. */
async function prepareTemplate(
	query: Query,
	template: string,
	migrate: (databaseUrl: string) => Promise<unknown>,
): Promise<void> {
	const { rowCount } = await query(`SELECT 1 FROM pg_database WHERE datname = '${template}'`);
	if (rowCount) return;
	const unfinished = `${template}-new`;
	await query(`DROP DATABASE IF EXISTS "${unfinished}" WITH (FORCE)`);
	await query(`DROP ROLE IF EXISTS "${template}"`);
	await createRole(query, template);
	await query(`CREATE DATABASE "${unfinished}"`);
	// Not as its owner: REASSIGN OWNED in a copy would reassign the template too.
	await asAdmin((inTemplate) => inTemplate(`GRANT CREATE ON SCHEMA public TO "${template}"`), unfinished);
	await migrate(urlOf(unfinished, template));
	await query(`REVOKE ALL ON DATABASE "${unfinished}" FROM PUBLIC`);
	await query(`ALTER DATABASE "${unfinished}" RENAME TO "${template}"`);
}

/** Returns a digest of the schema and migrations. */
function digestOf(directory: string): string {
	const hash = createHash('sha256');
	for (const file of globSync(['schema.prisma', 'migrations/**/*.sql'], { cwd: directory }).sort())
		hash.update(`${file}\n`).update(readFileSync(join(directory, file)));
	return hash.digest('hex').slice(0, 16);
}

// The name is also the password: the server belongs to a test, listens on loopback, and is removed with it.
async function createRole(query: Query, name: string): Promise<void> {
	await query(`CREATE ROLE "${name}" LOGIN PASSWORD '${name}'`);
}

function urlOf(database: string, role: string): string {
	const url = new URL(requireTestVariable('TEST_POSTGRES_ADMIN_URL'));
	url.username = role;
	url.password = role;
	url.pathname = `/${database}`;
	return url.href;
}

function testDatabase(name: string): TestDatabase {
	return {
		url: urlOf(name, name),
		drop: () =>
			asAdmin(async (query) => {
				await query(`DROP DATABASE "${name}" WITH (FORCE)`);
				await query(`DROP ROLE "${name}"`);
			}),
	};
}
