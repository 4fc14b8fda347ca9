import { AppError } from '@creatorr/contracts/errors';
import { inTransaction } from '@creatorr/database/transaction';
import type { Standing } from '../domain/admit-job.ts';
import type { CreatedJob, StoredAnswer } from '../domain/created-job.ts';
import type { Prisma } from '../generated/client.ts';
import { readAccount } from './accounts.ts';
import { readComputeSeconds } from './compute-usage.ts';
import { countJobs } from './count-jobs.ts';
import { findAnswer, takeKey } from './idempotency-keys.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { isDeleted, lockUser } from './users.ts';

interface InsertInput {
	job: CreatedJob;
	sealedSecrets: string | null;
	/** How long the tool is expected to take, by the input's size; null if unknown. */
	expectedSeconds: number | null;
	userId: string;
	requestId: string;
	traceparent: string | null;
	/** Throws to keep the job out. */
	admit(standing: Standing): { priority: number };
	idempotency?: { key: string; fingerprint: string; lifetimeHours: number } | undefined;
}

/**
 * Queues a job and takes its idempotency key, both or neither. Answers null, or what the first request was answered when
 * another one has taken the key. Throws what `admit` throws, and `unauthorized` when the user is gone.
 */
export async function insertJob(prisma: PrismaClient, input: InsertInput): Promise<StoredAnswer | null> {
	return await inTransaction(prisma, async (tx) => {
		await lockUser(tx, input.userId);
		const earlier = input.idempotency && (await takeKeyOrFind(tx, input, input.idempotency));
		if (earlier) return earlier;
		await refuseDeletedUser(tx, input.userId);
		const { priority } = input.admit(await readStanding(tx, input.userId));
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

async function takeKeyOrFind(
	tx: Tx,
	{ userId, job }: InsertInput,
	idempotency: NonNullable<InsertInput['idempotency']>,
): Promise<StoredAnswer | null> {
	const taken = await takeKey(tx, { userId, job, ...idempotency });
	return taken ? null : await findAnswer(tx, { userId, ...idempotency });
}

async function refuseDeletedUser(tx: Tx, userId: string): Promise<void> {
	if (await isDeleted(tx, userId)) throw new AppError('unauthorized', 'this account was deleted');
}

async function readStanding(tx: Tx, userId: string): Promise<Standing> {
	const { plan } = await readAccount(tx, userId);
	return {
		plan,
		queuedJobs: (await countJobs(tx, userId)).queued,
		computeSeconds: await readComputeSeconds(tx, userId),
	};
}
