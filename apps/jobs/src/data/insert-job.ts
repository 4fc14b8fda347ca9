import { AppError } from '@creatorr/contracts/errors';
import { inTransaction } from '@creatorr/database/transaction';
import type { CreatedJob, StoredAnswer } from '../domain/created-job.ts';
import type { Prisma } from '../generated/client.ts';
import { findAnswer, takeKey } from './idempotency-keys.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { lockUser } from './user-lock.ts';

interface InsertInput {
	job: CreatedJob;
	sealedSecrets: string | null;
	userId: string;
	requestId: string;
	maxQueuedJobs: number;
	idempotency?: { key: string; fingerprint: string; lifetimeHours: number } | undefined;
}

/**
 * Queues a job and takes its idempotency key, both or neither. Answers null, or what the first request was answered when
 * another one has taken the key. Throws `plan_limit` when the user has too many queued, `unauthorized` when the user is gone.
 */
export async function insertJob(prisma: PrismaClient, input: InsertInput): Promise<StoredAnswer | null> {
	return await inTransaction(prisma, async (tx) => {
		await lockUser(tx, input.userId);
		const earlier = input.idempotency && (await takeKeyOrFind(tx, input, input.idempotency));
		if (earlier) return earlier;
		await refuseDeletedUser(tx, input.userId);
		await refuseFullQueue(tx, input);
		await tx.job.create({
			data: {
				id: input.job.id,
				userId: input.userId,
				tool: input.job.tool,
				inputFileId: input.job.input_file_id,
				params: input.job.params as Prisma.InputJsonObject,
				sealedSecrets: input.sealedSecrets,
				requestId: input.requestId,
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
	if (await tx.deletedUser.findUnique({ where: { userId } })) {
		throw new AppError('unauthorized', 'this account was deleted');
	}
}

async function refuseFullQueue(tx: Tx, { userId, maxQueuedJobs }: InsertInput): Promise<void> {
	const queued = await tx.job.count({ where: { userId, status: 'queued' } });
	if (queued < maxQueuedJobs) return;
	throw new AppError(
		'plan_limit',
		`${maxQueuedJobs} of your jobs are queued, the most that any plan allows; wait for some to start or cancel some`,
	);
}
