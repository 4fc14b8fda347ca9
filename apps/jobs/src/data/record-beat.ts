import type { Capabilities } from '@creatorr/contracts/jobs';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from './prisma.ts';

interface RunningJob {
	job_id: string;
	attempt: number;
	/** It has turned out to take long. */
	background?: boolean | undefined;
	/** How long the tool is expected to take, where the worker knows. */
	expected_seconds?: number | undefined;
}

interface BeatInput {
	workerId: string;
	/** How many jobs of each tool it runs at once. */
	slots: Record<string, number>;
	/** What each of its tools can choose from there. */
	capabilities: Record<string, Capabilities>;
	/** How many jobs of all tools that take long it runs beside the others; undefined from a worker of an older release. */
	backgroundSlots: number | undefined;
	running: readonly RunningJob[];
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

async function noteWorker(tx: Tx, input: BeatInput): Promise<boolean> {
	const { workerId, slots, capabilities, backgroundSlots = null, leaseMs } = input;
	const text = JSON.stringify(slots);
	const capabilitiesText = JSON.stringify(capabilities);
	const rows = await tx.$queryRaw<{ same: boolean }[]>`
		WITH before AS (
			SELECT slots = ${text}::jsonb AND seen_at > now() - make_interval(secs => ${leaseMs / 1000}) AS same
			FROM workers WHERE id = ${workerId}
		)
		INSERT INTO workers (id, slots, background_slots, capabilities, seen_at)
			VALUES (${workerId}, ${text}::jsonb, ${backgroundSlots}::int, ${capabilitiesText}::jsonb, now())
		ON CONFLICT (id) DO UPDATE
			SET slots = excluded.slots, background_slots = excluded.background_slots, capabilities = excluded.capabilities, seen_at = excluded.seen_at
		RETURNING coalesce((SELECT same FROM before), false) AS same`;
	return rows[0]?.same !== true;
}

async function extendLeases(tx: Tx, { workerId, running, leaseMs }: BeatInput): Promise<Set<string>> {
	if (running.length === 0) return new Set();
	const kept = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET lease_expires_at = now() + make_interval(secs => ${leaseMs / 1000}),
			background = jobs.background OR mine.background,
			expected_seconds = coalesce(mine.expected_seconds, jobs.expected_seconds)
		FROM unnest(${running.map((job) => job.job_id)}::text[], ${running.map((job) => job.attempt)}::int[],
			${running.map((job) => job.background ?? false)}::boolean[],
			${running.map((job) => job.expected_seconds ?? null)}::int[])
			AS mine (job_id, attempt, background, expected_seconds)
		WHERE jobs.id = mine.job_id AND jobs.attempt = mine.attempt
			AND jobs.status = 'running' AND jobs.worker_id = ${workerId}
		RETURNING jobs.id`;
	return new Set(kept.map(({ id }) => id));
}
