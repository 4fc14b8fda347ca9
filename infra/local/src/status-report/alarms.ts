import pg from 'pg';
import { readPorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { rabbitManagementUrl } from '../backing/rabbitmq.ts';
import { readRabbitAlarms } from '../backing/rabbitmq-management.ts';
import { loadSecrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import { shortAge, shortSize } from './render.ts';

const ANSWER_TIMEOUT_MS = 4_000;
/** Of `max_connections`; the rest is for operators. */
const MANY_CONNECTIONS = 0.9;
/** Longer than any transaction of the product. */
const LONG_TRANSACTION_SECONDS = 300;

/** Returns the alarms of this home's own RabbitMQ and PostgreSQL; a server that does not answer is one too. */
export async function readAlarms(home: Home, isRunning: (process: string) => boolean): Promise<string[]> {
	const orUnknown = (name: string) => (error: unknown) => [
		`${name}: down: ${error instanceof Error ? error.message : String(error)}`,
	];
	const alarms = await Promise.all([
		isRunning('rabbitmq') ? rabbitAlarms(home).catch(orUnknown('rabbitmq')) : [],
		isRunning('postgres') ? postgresAlarms(home).catch(orUnknown('postgres')) : [],
	]);
	return alarms.flat();
}

async function rabbitAlarms(home: Home): Promise<string[]> {
	const ports = readPorts(home);
	const { disk, memory, diskFreeBytes, diskFreeLimitBytes } = await readRabbitAlarms(
		rabbitManagementUrl({
			ports: { management: ports['rabbitmq-management'] ?? 0 },
			password: loadSecrets(home).rabbitmqPassword,
		}),
	);
	const free = `${shortSize(diskFreeBytes)} free, limit ${shortSize(diskFreeLimitBytes)}`;
	return [
		...(disk ? [`rabbitmq: disk alarm (${free}): docs/runbooks/disk.md`] : []),
		...(memory ? ['rabbitmq: memory alarm: docs/runbooks/queues.md'] : []),
	];
}

async function postgresAlarms(home: Home): Promise<string[]> {
	const { postgres: port = 0 } = readPorts(home);
	const client = new pg.Client({
		connectionString: postgresAdminUrl({ port, password: loadSecrets(home).postgresPassword }),
		connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
		query_timeout: ANSWER_TIMEOUT_MS,
	});
	client.on('error', () => undefined);
	try {
		await client.connect();
		const { rows } = await client.query<{ open: number; most: number; oldest: number | null }>(`
			SELECT count(*)::int AS open, current_setting('max_connections')::int AS most,
				extract(epoch FROM max(now() - xact_start) FILTER (WHERE state LIKE 'idle in transaction%'))::int AS oldest
			FROM pg_stat_activity WHERE backend_type = 'client backend'`);
		const { open = 0, most = 1, oldest = null } = rows[0] ?? {};
		return [
			...(open > most * MANY_CONNECTIONS ? [`postgres: ${open} of ${most} connections are open`] : []),
			...(oldest !== null && oldest > LONG_TRANSACTION_SECONDS
				? [`postgres: a transaction has been idle for ${shortAge(oldest)}`]
				: []),
		];
	} finally {
		await client.end().catch(() => undefined);
	}
}
