import { join } from 'node:path';
import { migrateDeploy } from '@creatorr/database/migrate';
import type pg from 'pg';
import { type DatabaseVariables, REPOSITORY } from '../settings/settings.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step, Task } from '../supervisor/process.ts';
import { postgresAdminUrl, withPostgres } from './postgres.ts';
import { DATABASE_OWNERS, type DatabaseOwner, loadSecrets } from './secrets.ts';

/** Returns the URL a service connects with to its database on the PostgreSQL of this home. */
export function databaseUrl(home: Home, owner: DatabaseOwner): string {
	const url = new URL(postgresAdminUrl(home));
	url.username = owner;
	url.password = loadSecrets(home).databasePasswords[owner];
	url.pathname = `/${owner}`;
	return url.href;
}

/** The step that creates every service's database and role on the PostgreSQL of this home. */
export function ownDatabasesTask(home: Home): Task {
	const { databasePasswords } = loadSecrets(home);
	const run = () => ensureDatabases(postgresAdminUrl(home), databasePasswords);
	return { kind: 'task', name: 'databases', dependsOn: ['postgres'], run };
}

/** Returns the variables of all services' databases on the PostgreSQL of this home. */
export function ownDatabases(home: Home): DatabaseVariables {
	const entries = DATABASE_OWNERS.map((owner) => [
		`${owner.toUpperCase()}_DATABASE_URL`,
		databaseUrl(home, owner),
	]);
	return Object.fromEntries(entries);
}

/** Returns a step for each service that migrates its database, local or external. Bypasses a connection pooler. */
export function migrationTasks(databases: DatabaseVariables, dependsOn: string[]): Step[] {
	return DATABASE_OWNERS.map((owner) => {
		const prefix = `${owner.toUpperCase()}_DATABASE`;
		const directUrlSetting = `${prefix}_DIRECT_URL`;
		const databaseUrl = databases[directUrlSetting] ?? databases[`${prefix}_URL`] ?? '';
		const run = () => migrate(owner, { databaseUrl, directUrlSetting });
		return { kind: 'task', name: `${owner}-database`, dependsOn, run };
	});
}

async function migrate(
	owner: DatabaseOwner,
	urls: { databaseUrl: string; directUrlSetting: string },
): Promise<void> {
	try {
		await migrateDeploy({ ...urls, directory: join(REPOSITORY, 'apps', owner, 'prisma') });
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new CommandError(`Can’t migrate the database of ${owner}: ${reason}`);
	}
}

/**
 * Makes sure that every service has its database and its role, and that this role is the only one (but the
 * superuser) that can connect to it. Safe to repeat, also after an interruption.
 */
async function ensureDatabases(adminUrl: string, passwords: Record<DatabaseOwner, string>): Promise<void> {
	const work = async (client: pg.Client) => {
		await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC');
		for (const owner of DATABASE_OWNERS) await ensureDatabase(client, owner, passwords[owner]);
	};
	// The first start has no retry, and the machine may be busy.
	await withPostgres(adminUrl, work, { connectionTimeoutMillis: 60_000 });
}

async function ensureDatabase(client: pg.Client, owner: DatabaseOwner, password: string): Promise<void> {
	const name = client.escapeIdentifier(owner);
	const { rowCount: roles } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [owner]);
	if (roles === 0) await client.query(`CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
	await client.query(`ALTER ROLE ${name} PASSWORD ${client.escapeLiteral(password)}`);
	const { rowCount: databases } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [owner]);
	if (databases === 0) await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
	await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
}
