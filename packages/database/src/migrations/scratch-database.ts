import { randomBytes } from 'node:crypto';
import { withSession } from './session.ts';

/**
 * Runs work with the URL of a new, empty database on the URL's server, and drops it afterwards. The URL's role must be allowed to create
 * databases. The URL's own database is not used.
 */
export async function withScratchDatabase<R>(
	serverUrl: string,
	work: (scratchDatabaseUrl: string) => Promise<R>,
): Promise<R> {
	const name = `creatorr_scratch_${randomBytes(8).toString('hex')}`;
	const url = new URL(serverUrl);
	url.pathname = `/${name}`;
	return await withSession(serverUrl, async (client) => {
		await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
		try {
			return await work(url.href);
		} finally {
			await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
		}
	});
}
