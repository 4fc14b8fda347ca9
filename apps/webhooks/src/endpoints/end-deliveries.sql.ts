import { inBatches } from '@creatorr/database/batches';
import { inTransaction } from '@creatorr/database/transaction';
import { defineTask } from '@creatorr/service/task';
import type { Database, Tx } from '../database.sql.ts';

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
			UPDATE deliveries SET status = 'failed', due_at = NULL, failure_reason = 'endpoint_disabled' WHERE id IN (
				SELECT deliveries.id FROM deliveries JOIN endpoints ON endpoints.id = endpoint_id
				WHERE endpoint_id = ${endpointId} AND due_at IS NOT NULL AND endpoints.status = 'disabled'
				LIMIT ${BATCH_SIZE} FOR NO KEY UPDATE OF deliveries SKIP LOCKED)`,
	);
}

/**
 * Fails the pending deliveries of an endpoint whose URL is about to lead to another server, in batches, so that a change of the URL never
 * sends a backlog to it. Waits for those that another transaction has locked. Locks deliveries in the order of their ids, as the outcomes
 * of attempts do. An attempt that is running isn't followed by a retry.
 */
export async function failBeforeMove(prisma: Database, endpointId: string): Promise<void> {
	await inBatches(BATCH_SIZE, () =>
		inTransaction(
			prisma,
			(tx: Tx) => tx.$executeRaw`
				UPDATE deliveries SET status = 'failed', due_at = NULL, failure_reason = 'url_changed' WHERE id IN (
					SELECT id FROM deliveries WHERE endpoint_id = ${endpointId} AND due_at IS NOT NULL
					ORDER BY id LIMIT ${BATCH_SIZE} FOR NO KEY UPDATE)`,
		),
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
