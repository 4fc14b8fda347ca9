import { inBatches } from '@creatorr/database/batches';
import { defineTask } from '@creatorr/service/task';
import type { Database } from '../database.sql.ts';

/** The outcomes of attempts wait for the locks of a batch. */
const BATCH_SIZE = 1_000;
const EVERY_MS = 60_000;

/**
 * Fails the pending deliveries of an endpoint if it is disabled, in batches, and returns how many. Leaves those that another transaction
 * has locked to {@link failUndeliverable}.
 */
export async function failPending(prisma: Database, endpointId: string): Promise<number> {
	return await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			UPDATE deliveries SET status = 'failed', due_at = NULL WHERE id IN (
				SELECT deliveries.id FROM deliveries JOIN endpoints ON endpoints.id = endpoint_id
				WHERE endpoint_id = ${endpointId} AND due_at IS NOT NULL AND endpoints.status = 'disabled'
				LIMIT ${BATCH_SIZE} FOR NO KEY UPDATE OF deliveries SKIP LOCKED)`,
	);
}

/** Deletes the deliveries of an endpoint in batches, except those that another transaction has locked. */
export async function deleteDeliveries(prisma: Database, endpointId: string): Promise<void> {
	await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM deliveries WHERE id IN (
				SELECT id FROM deliveries WHERE endpoint_id = ${endpointId} LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`,
	);
}

/**
 * Fails the pending deliveries that disabled endpoints still have: those of events recorded while the endpoint was being disabled, and
 * those left by a process that died.
 */
export const failUndeliverable = defineTask<{ prisma: Database }>({
	name: 'fail_undeliverable',
	everyMs: EVERY_MS,
	async run({ prisma }, stopping) {
		const endpoints = await prisma.$queryRaw<{ id: string }[]>`
			SELECT id FROM endpoints WHERE status = 'disabled'
				AND EXISTS (SELECT FROM deliveries WHERE endpoint_id = endpoints.id AND due_at IS NOT NULL)`;
		for (const { id } of endpoints) {
			if (stopping.aborted) return;
			await failPending(prisma, id);
		}
	},
});
