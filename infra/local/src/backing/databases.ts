import pg from 'pg';
import type { DatabaseOwner } from './secrets.ts';

/**
 * Makes sure that every service has its database and its role, and that this role is the only one (but the
 * superuser) that can connect to it. Safe to repeat, also after an interruption.
 */
export async function ensureDatabases(
	adminUrl: string,
	owners: DatabaseOwner[],
	passwords: Record<DatabaseOwner, string>,
): Promise<void> {
	const client = new pg.Client({ connectionString: adminUrl });
	// the server may be stopped meanwhile: the query that runs says so, and an error without a listener would end us
	client.on('error', () => undefined);
	await client.connect();
	try {
		await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC');
		for (const owner of owners) await ensureDatabase(client, owner, passwords[owner]);
	} finally {
		await client.end();
	}
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

/** The URL a service connects with to the database that `ensureDatabases` makes. */
export function databaseUrl(adminUrl: string, owner: DatabaseOwner, password: string): string {
	const url = new URL(adminUrl);
	url.username = owner;
	url.password = password;
	url.pathname = `/${owner}`;
	return url.href;
}
