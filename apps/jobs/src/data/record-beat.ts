import type { Capabilities } from '@creatorr/contracts/jobs';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from './prisma.ts';

interface BeatInput {
	workerId: string;
	/** How many jobs of each tool it runs at once. */
	slots: Record<string, number>;
	/** What each of its tools can choose from there. */
	capabilities: Record<string, Capabilities>;
	running: readonly { job_id: string; attempt: number }[];
	leaseMs: number;
}

interface BeatOutcome {
	/** Of the running attempts those whose lease goes on. */
	keptIds: Set<string>;
	/** The worker is new, was away, or has other slots than before. */
	capacityChanged: boolean;
}

/** Notes that a worker lives and what it can run, and extends the leases of those attempts that are still its own. */
export async function recordBeat(prisma: PrismaClient, input: BeatInput): Promise<BeatOutcome> {
	return await inTransaction(prisma, async (tx) => {
		const capacityChanged = await noteWorker(tx, input);
		return { keptIds: await extendLeases(tx, input), capacityChanged };
	});
}

async function noteWorker(tx: Tx, { workerId, slots, capabilities, leaseMs }: BeatInput): Promise<boolean> {
	const text = JSON.stringify(slots);
	const capabilitiesText = JSON.stringify(capabilities);
	const rows = await tx.$queryRaw<{ same: boolean }[]>`
		WITH before AS (
			SELECT slots = ${text}::jsonb AND seen_at > now() - make_interval(secs => ${leaseMs / 1000}) AS same
			FROM workers WHERE id = ${workerId}
		)
		INSERT INTO workers (id, slots, capabilities, seen_at)
			VALUES (${workerId}, ${text}::jsonb, ${capabilitiesText}::jsonb, now())
		ON CONFLICT (id) DO UPDATE
			SET slots = excluded.slots, capabilities = excluded.capabilities, seen_at = excluded.seen_at
		RETURNING coalesce((SELECT same FROM before), false) AS same`;
	return rows[0]?.same !== true;
}

async function extendLeases(tx: Tx, { workerId, running, leaseMs }: BeatInput): Promise<Set<string>> {
	if (running.length === 0) return new Set();
	const kept = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET lease_expires_at = now() + make_interval(secs => ${leaseMs / 1000})
		FROM unnest(${running.map((job) => job.job_id)}::text[], ${running.map((job) => job.attempt)}::int[])
			AS mine (job_id, attempt)
		WHERE jobs.id = mine.job_id AND jobs.attempt = mine.attempt
			AND jobs.status = 'running' AND jobs.worker_id = ${workerId}
		RETURNING jobs.id`;
	return new Set(kept.map(({ id }) => id));
}
