import { postgresAdminUrl, withPostgres } from '../backing/postgres.ts';
import { rabbitManagementUrl } from '../backing/rabbitmq.ts';
import { readRabbitNode } from '../backing/rabbitmq-management.ts';
import type { Home } from '../supervisor/home.ts';
import type { ProcessSnapshot } from '../supervisor/process.ts';
import { shortAge, shortSize } from './format.ts';

const ANSWER_TIMEOUT_MS = 4_000;
/** Share of `max_connections` above which there is an alarm. The rest is for operators. */
const MANY_CONNECTIONS = 0.9;
/** Longer than any transaction of the product. */
const LONG_TRANSACTION_SECONDS = 300;

/** Returns the alarms of this home's own RabbitMQ and PostgreSQL. A server that does not respond is an alarm, too. */
export async function readAlarms(home: Home, processes: readonly ProcessSnapshot[]): Promise<string[]> {
	const servers = [
		{ server: 'rabbitmq', read: readRabbit, runbook: 'docs/runbooks/outbox.md' },
		{ server: 'postgres', read: readPostgres, runbook: 'docs/runbooks/many-failures.md' },
	];
	const alarms = servers.map(async ({ server, read, runbook }) => {
		if (!processes.some(({ name, state }) => name === server && state === 'ready')) return [];
		const asAlarm = (error: unknown) => [
			`doesn’t respond (${error instanceof Error ? error.message : String(error)}): ${runbook}`,
		];
		return (await read(home).catch(asAlarm)).map((alarm) => `${server}: ${alarm}`);
	});
	return (await Promise.all(alarms)).flat();
}

async function readRabbit(home: Home): Promise<string[]> {
	const node = await readRabbitNode(rabbitManagementUrl(home));
	const free = `${shortSize(node.disk_free)} free, limit ${shortSize(node.disk_free_limit)}`;
	return [
		...(node.disk_free_alarm ? [`disk alarm (${free}): docs/runbooks/disk.md`] : []),
		...(node.mem_alarm ? ['memory alarm: docs/runbooks/queues.md'] : []),
	];
}

async function readPostgres(home: Home): Promise<string[]> {
	const sql = `
		SELECT count(*)::int AS open, current_setting('max_connections')::int AS most,
			extract(epoch FROM max(now() - xact_start) FILTER (WHERE state LIKE 'idle in transaction%'))::int AS oldest
		FROM pg_stat_activity WHERE backend_type = 'client backend'`;
	const { rows } = await withPostgres(
		postgresAdminUrl(home),
		(client) => client.query<{ open: number; most: number; oldest: number | null }>(sql),
		{ connectionTimeoutMillis: ANSWER_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS },
	);
	const { open = 0, most = 1, oldest = null } = rows[0] ?? {};
	return [
		...(open > most * MANY_CONNECTIONS
			? [`${open} of ${most} connections are open: docs/runbooks/many-failures.md`]
			: []),
		...(oldest !== null && oldest > LONG_TRANSACTION_SECONDS
			? [`a transaction has been idle for ${shortAge(oldest)}: docs/runbooks/many-failures.md`]
			: []),
	];
}
