import pg from 'pg';

/**
 * Runs the work on one connection of its own and ends it afterwards: session locks taken on it hold until then, and
 * once the connection is lost every query fails instead of going on without them.
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
		// The schema engine writes times as UTC without saying so. The role's timeouts are those of requests.
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
