import { AppError } from '@creatorr/contracts/errors';
import { inTransaction } from '@creatorr/database/transaction';
import { isAccountDeleted, lockUser, readAccount } from '../accounts/accounts.sql.ts';
import { countJobs, readComputeSeconds } from '../accounts/usage.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';
import type { PlanUsage } from './admit-job.ts';
import {
	type CreatedJob,
	claimKey,
	findStoredResponse,
	type StoredResponse,
} from './idempotency-keys.sql.ts';

interface InsertInput {
	job: CreatedJob;
	sealedSecrets: string | null;
	/** How long the tool is expected to take, by the input's size. Null if unknown. */
	expectedSeconds: number | null;
	userId: string;
	requestId: string;
	traceparent: string | null;
	/** Throws to refuse the job. */
	admit(usage: PlanUsage): { priority: number };
	idempotency?: { key: string; fingerprint: string; lifetimeHours: number } | undefined;
}

/**
 * Queues a job and claims its idempotency key, both or neither. Returns null, or the response to the earlier request that has the
 * key. Throws what `admit` throws, and `unauthorized` when the account was deleted.
 */
export async function insertJob(prisma: Database, input: InsertInput): Promise<StoredResponse | null> {
	return await inTransaction(prisma, async (tx) => {
		await lockUser(tx, input.userId);
		const earlier = input.idempotency && (await claimKeyOrFind(tx, input, input.idempotency));
		if (earlier) return earlier;
		if (await isAccountDeleted(tx, input.userId))
			throw new AppError('unauthorized', 'This account was deleted.');
		const { priority } = input.admit(await readUsage(tx, input.userId));
		await tx.job.create({
			data: {
				id: input.job.id,
				userId: input.userId,
				tool: input.job.tool,
				inputFileId: input.job.input_file_id,
				params: input.job.params as Prisma.InputJsonObject,
				sealedSecrets: input.sealedSecrets,
				expectedSeconds: input.expectedSeconds,
				priority,
				requestId: input.requestId,
				traceparent: input.traceparent,
			},
		});
		return null;
	});
}

async function claimKeyOrFind(
	tx: Tx,
	{ userId, job }: InsertInput,
	idempotency: NonNullable<InsertInput['idempotency']>,
): Promise<StoredResponse | null> {
	const claimed = await claimKey(tx, { userId, job, ...idempotency });
	return claimed ? null : await findStoredResponse(tx, { userId, ...idempotency });
}

async function readUsage(tx: Tx, userId: string): Promise<PlanUsage> {
	const { plan } = await readAccount(tx, userId);
	return {
		plan,
		queuedJobs: (await countJobs(tx, userId)).queued,
		computeSeconds: await readComputeSeconds(tx, userId),
	};
}
