import pg from 'pg';

/**
 * Runs work on one new connection and closes it afterwards. Session locks are held until then. After the connection is lost, every query
 * fails instead of continuing without the locks.
 */
export async function withSession<R>(
	databaseUrl: string,
	work: (client: pg.Client) => Promise<R>,
): Promise<R> {
	const client = new pg.Client({
		connectionString: databaseUrl,
		connectionTimeoutMillis: 10_000,
		application_name: 'creatorr-migrate',
	});
	let loss: Error | undefined;
	client.on('error', (error) => {
		loss ??= error;
	});
	await client.connect();
	try {
		// The schema engine writes times as UTC without a zone. The role's timeouts are meant for requests.
		await client.query(
			"SET TIME ZONE 'UTC'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0",
		);
		return await work(client);
	} catch (error) {
		throw loss
			? new Error(`the connection to the database was lost: ${loss.message}`, { cause: error })
			: error;
	} finally {
		await client.end();
	}
}
