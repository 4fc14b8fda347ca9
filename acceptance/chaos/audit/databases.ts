import pg from 'pg';
import { environment } from '../environment.ts';

export type Owner = 'auth' | 'files' | 'jobs' | 'billing';

/** A look into each service's database, as the owner of the whole server. */
export interface Databases {
	query<Row extends object>(owner: Owner, text: string, values?: unknown[]): Promise<Row[]>;
}

/** Connects anew for every look: the server may have been killed since the last. */
export const databases: Databases = {
	async query<Row extends object>(owner: Owner, text: string, values: unknown[] = []) {
		const url = new URL(environment.postgresAdminUrl);
		url.pathname = `/${owner}`;
		const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000 });
		client.on('error', () => undefined);
		await client.connect();
		try {
			return (await client.query<Row>(text, values)).rows;
		} finally {
			await client.end();
		}
	},
};
