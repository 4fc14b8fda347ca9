import { createPrisma } from '@creatorr/database/client';
import { currentRequestId } from '@creatorr/service/context';
import { PrismaClient } from '../generated/client.ts';
import { cancelAll } from './cancel-all.ts';
import { readJob, readUser } from './read-for-operators.ts';
import { type LetterAct, recordLetter } from './record-letter.ts';

export type OperatorData = ReturnType<typeof openOperatorData>;

/** What the commands of operators do with the database, beside the service. */
export function openOperatorData(databaseUrl: string) {
	const prisma = createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl,
		poolSize: 1,
		applicationName: 'creatorr-jobs-admin',
	});
	return {
		readJob: (jobId: string, operator: string) => readJob(prisma, jobId, operator),
		readUser: (userId: string, operator: string) => readUser(prisma, userId, operator),
		cancelAll: (userId: string, by: { operator: string; reason: string }) =>
			cancelAll(prisma, { userId, by, requestId: currentRequestId() }),
		recordLetter: (act: LetterAct) => recordLetter(prisma, act),
		close: () => prisma.$disconnect(),
	};
}
