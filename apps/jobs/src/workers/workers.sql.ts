import type { heartbeat as heartbeatOperation } from '@creatorr/contracts/internal/jobs';
import { type Capabilities, capabilitiesSchema } from '@creatorr/contracts/jobs';
import type { BodyOf } from '@creatorr/contracts/operation';
import type { Database, Tx } from '../database.sql.ts';
import { DISPATCHED_AT } from '../lifecycle/stored-names.sql.ts';

/** Records a worker's heartbeat. Returns whether the worker is new, was offline, or has other slots than before. */
export async function recordWorker(
	tx: Tx,
	{
		workerId,
		heartbeat,
		leaseMs,
	}: { workerId: string; heartbeat: BodyOf<typeof heartbeatOperation>; leaseMs: number },
): Promise<boolean> {
	const slots = JSON.stringify(heartbeat.slots);
	const capabilities = JSON.stringify(heartbeat.capabilities);
	const { background_slots: backgroundSlots = null } = heartbeat;
	const rows = await tx.$queryRaw<{ same: boolean }[]>`
		WITH before AS (
			SELECT slots = ${slots}::jsonb AND seen_at > now() - make_interval(secs => ${leaseMs / 1000}) AS same
			FROM workers WHERE id = ${workerId}
		)
		INSERT INTO workers (id, slots, background_slots, capabilities, seen_at)
			VALUES (${workerId}, ${slots}::jsonb, ${backgroundSlots}::int, ${capabilities}::jsonb, now())
		ON CONFLICT (id) DO UPDATE
			SET slots = excluded.slots, background_slots = excluded.background_slots, capabilities = excluded.capabilities, seen_at = excluded.seen_at
		RETURNING coalesce((SELECT same FROM before), false) AS same`;
	return rows[0]?.same !== true;
}

export interface LiveWorker {
	id: string;
	/** How many jobs of each tool it runs at once. */
	slots: Record<string, number>;
	/** Since its last heartbeat. */
	silentSeconds: number;
	/** How many jobs it runs. */
	running: number;
}

/** Returns the workers whose last heartbeat is younger than `workerLifetimeMs`. */
export async function readWorkers(prisma: Database, workerLifetimeMs: number): Promise<LiveWorker[]> {
	return await prisma.$queryRaw<LiveWorker[]>`
		WITH leased AS (
			SELECT worker_id, count(*)::int AS running FROM jobs
			WHERE status IN ('queued', 'running') AND ${DISPATCHED_AT} IS NOT NULL AND lease_expires_at IS NOT NULL
			GROUP BY worker_id
		)
		SELECT id, slots, extract(epoch FROM now() - seen_at)::float8 AS "silentSeconds",
			coalesce(leased.running, 0) AS running
		FROM workers LEFT JOIN leased ON leased.worker_id = workers.id
		WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})
		ORDER BY id`;
}

/**
 * Returns by tool what every live worker with the tool offers: a job goes to any of them, so only what all have can be promised.
 * A tool that no live worker has is absent.
 */
export async function readCapabilities(
	prisma: Database,
	workerLifetimeMs: number,
): Promise<Map<string, Capabilities>> {
	const rows = await prisma.$queryRaw<{ tool: string; capabilities: unknown }[]>`
		SELECT DISTINCT slot.key AS tool, coalesce(capabilities -> slot.key, '{}') AS capabilities
		FROM workers, jsonb_each_text(slots) AS slot
		WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000}) AND slot.value::numeric > 0`;
	const common = new Map<string, Capabilities>();
	for (const { tool, capabilities } of rows) {
		const offered = capabilitiesSchema.parse(capabilities);
		const before = common.get(tool);
		common.set(tool, before ? intersection(before, offered) : offered);
	}
	return common;
}

function intersection(one: Capabilities, other: Capabilities): Capabilities {
	const names = Object.keys(one).filter((name) => name in other);
	return Object.fromEntries(
		names.map((name) => [name, (one[name] ?? []).filter((item) => other[name]?.includes(item))]),
	);
}
