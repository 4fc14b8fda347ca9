import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import { applyOnce } from '@creatorr/database/inbox';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { notifyChanged } from './notify-changed.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { lockUser } from './user-lock.ts';

interface DeleteInput {
	eventId: string;
	userId: string;
	requestId: string;
}

/** Somebody may have tens of thousands of jobs. */
const TIMEOUT_MS = 60_000;

/** Removes everything of a user and has the workers of running jobs told; answers the tools whose queues may move on. */
export async function deleteUser(prisma: PrismaClient, input: DeleteInput): Promise<string[]> {
	const once = { eventId: input.eventId, consumer: 'jobs.account-deleted' };
	return await inTransaction(
		prisma,
		async (tx) => {
			const tools = new Set<string>();
			await applyOnce(tx, once, async () => {
				await lockUser(tx, input.userId);
				for (const job of await lockUnfinished(tx, input.userId)) {
					tools.add(job.tool);
					if (job.running) await addToOutbox(tx, newEvent(jobCanceled, { job_id: job.id }, input.requestId));
					await notifyChanged(tx, job.id);
				}
				await tx.job.deleteMany({ where: { userId: input.userId } });
				await tx.idempotencyKey.deleteMany({ where: { userId: input.userId } });
				await tx.deletedUser.createMany({
					data: [{ userId: input.userId, deletedAt: new Date() }],
					skipDuplicates: true,
				});
			});
			return [...tools];
		},
		{ timeout: TIMEOUT_MS },
	);
}

async function lockUnfinished(
	tx: Tx,
	userId: string,
): Promise<{ id: string; tool: string; running: boolean }[]> {
	return await tx.$queryRaw`
		SELECT id, tool, status = 'running' AS running FROM jobs
		WHERE user_id = ${userId} AND status IN ('queued', 'running') ORDER BY id FOR UPDATE`;
}
