import pg from 'pg';
import { requireTestVariable } from './environment.ts';
import { uniqueName } from './unique-name.ts';

export interface TestDatabase {
	/** Connects as a role that owns this database and can do nothing outside it. */
	url: string;
	/** Removes database and role, ending connections that are still open. */
	drop: () => Promise<void>;
}

/** An empty PostgreSQL database of the caller's own (TEST_POSTGRES_ADMIN_URL). */
export async function createDatabase(): Promise<TestDatabase> {
	const adminUrl = requireTestVariable('TEST_POSTGRES_ADMIN_URL');
	const name = uniqueName();
	// the name doubles as the password: the server is a test's, on loopback, and goes away with it
	await runAsAdmin(adminUrl, [
		`CREATE ROLE "${name}" LOGIN PASSWORD '${name}'`,
		`CREATE DATABASE "${name}" OWNER "${name}"`,
		`REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`,
	]);
	const url = new URL(adminUrl);
	url.username = name;
	url.password = name;
	url.pathname = `/${name}`;
	return {
		url: url.href,
		drop: () => runAsAdmin(adminUrl, [`DROP DATABASE "${name}" WITH (FORCE)`, `DROP ROLE "${name}"`]),
	};
}

/** One statement at a time: CREATE DATABASE refuses to share a transaction. */
async function runAsAdmin(url: string, statements: string[]): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		for (const statement of statements) await client.query(statement);
	} finally {
		await client.end();
	}
}
