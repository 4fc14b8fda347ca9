import { createSealer } from '@creatorr/tool-kit/params/secret-params';
import pg from 'pg';

export type DeliveryStore = ReturnType<typeof openDeliveryStore>;

/**
 * Adds deliveries to the database of the webhooks service, as the service does after a message.
 * @param env of a webhooks process
 */
export function openDeliveryStore(env: Record<string, string>) {
	const pool = new pg.Pool({ connectionString: env.WEBHOOKS_DATABASE_URL ?? '', max: 4 });
	const keys = (env.WEBHOOK_SECRET_KEYS ?? '').split(',').map((key) => Buffer.from(key, 'base64'));
	const sealer = createSealer(keys);
	let serial = 0;
	const idOf = (prefix: string) => `${prefix}_${String(++serial).padStart(26, '0')}`;
	return {
		async addEndpoints(count: number, url: string): Promise<string[]> {
			const ids = Array.from({ length: count }, () => idOf('whk'));
			const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
			await pool.query(
				`INSERT INTO endpoints (id, user_id, url, sealed_secret)
				SELECT id, id, $2, sealed FROM unnest($1::text[], $3::text[]) AS added (id, sealed)`,
				[ids, url, ids.map((id) => sealer.seal({ secret }, id))],
			);
			return ids;
		},
		/** Adds deliveries that are due now, in turn to these endpoints. */
		async addBacklog(count: number, endpointIds: readonly string[]): Promise<void> {
			const first = serial;
			serial += count;
			await pool.query(
				`WITH added AS (
					INSERT INTO events (id, user_id, type, fact, occurred_at, data)
					SELECT 'evt_' || lpad(i::text, 26, '0'), 'usr', 'job.succeeded', 'fact ' || i, now(), '{"job_id": "job"}'
					FROM generate_series($1::int + 1, $1::int + $2::int) AS i RETURNING id, substr(id, 5)::int AS i
				)
				INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
				SELECT 'dlv_' || substr(id, 5), id, ($3::text[])[1 + i % cardinality($3::text[])], now() FROM added`,
				[first, count, endpointIds],
			);
			await pool.query('ANALYZE deliveries');
		},
		/** Adds one event with its delivery, as a message does. Resolves once it is committed. */
		async addEvent(endpointId: string, eventId: string): Promise<void> {
			await pool.query(
				`WITH added AS (
					INSERT INTO events (id, user_id, type, fact, occurred_at, data)
					VALUES ($1, 'usr', 'job.succeeded', $1, now(), '{"job_id": "job"}') RETURNING id
				), due AS (
					INSERT INTO deliveries (id, event_id, endpoint_id, due_at) SELECT 'dlv' || $1, id, $2, now() FROM added
				)
				SELECT pg_notify('delivery_due', '')`,
				[eventId, endpointId],
			);
		},
		async hasPending(): Promise<boolean> {
			const { rows } = await pool.query(
				'SELECT EXISTS (SELECT FROM deliveries WHERE due_at IS NOT NULL) AS pending',
			);
			return rows[0].pending;
		},
		/** Returns when each attempt started, in seconds since the epoch, the earliest first. */
		async attemptTimes(): Promise<number[]> {
			const { rows } = await pool.query(
				'SELECT extract(epoch FROM started_at)::float8 AS at FROM attempts ORDER BY started_at',
			);
			return rows.map(({ at }) => at);
		},
		async clear() {
			await pool.query('TRUNCATE endpoints, events CASCADE');
		},
		close: () => pool.end(),
	};
}
