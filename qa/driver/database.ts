import pg from 'pg';

export type DatabaseOwner = 'auth' | 'files' | 'jobs' | 'billing' | 'webhooks';

/** Queries a service's database as the owner of the server. Opens a connection for each query, because a test may have killed the server. */
export async function queryDatabase<Row extends object>(
	owner: DatabaseOwner,
	text: string,
	values: unknown[] = [],
): Promise<Row[]> {
	const url = new URL(process.env.TEST_POSTGRES_ADMIN_URL ?? '');
	url.pathname = `/${owner}`;
	const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000 });
	client.on('error', () => undefined);
	await client.connect();
	try {
		return (await client.query<Row>(text, values)).rows;
	} finally {
		await client.end();
	}
}
