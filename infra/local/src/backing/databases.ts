import pg from 'pg';
import type { DatabaseOwner } from './secrets.ts';

/**
 * Makes sure that a service has its database and its role, and that this role is the only one (but the superuser)
 * that can connect to it. Safe to repeat, also after an interruption.
 */
export async function ensureDatabase(
	adminUrl: string,
	owner: DatabaseOwner,
	password: string,
): Promise<void> {
	const client = new pg.Client({ connectionString: adminUrl });
	await client.connect();
	try {
		const role = client.escapeIdentifier(owner);
		const { rowCount: roles } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [owner]);
		if (roles === 0) await client.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
		await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
		const { rowCount: databases } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
			owner,
		]);
		if (databases === 0) await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
		await client.query(`REVOKE ALL ON DATABASE ${role} FROM PUBLIC`);
		await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC');
	} finally {
		await client.end();
	}
}

/** The URL a service connects with to the database that `ensureDatabase` makes. */
export function databaseUrl(adminUrl: string, owner: DatabaseOwner, password: string): string {
	const url = new URL(adminUrl);
	url.username = owner;
	url.password = password;
	url.pathname = `/${owner}`;
	return url.href;
}
