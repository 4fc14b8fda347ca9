import { JOB_CHANGED_CHANNEL } from './notify-changed.ts';
import type { PrismaClient } from './prisma.ts';

interface Progress {
	jobId: string;
	attempt: number;
	progress: number;
}

/** Raises the progress of a running attempt; an older attempt's word and a step back change nothing. */
export async function applyProgress(prisma: PrismaClient, input: Progress): Promise<void> {
	await prisma.$executeRaw`
		WITH raised AS (
			UPDATE jobs SET progress = ${input.progress}::int
			WHERE id = ${input.jobId} AND attempt = ${input.attempt}::int AND status = 'running'
				AND progress < ${input.progress}::int
			RETURNING id
		)
		SELECT pg_notify(${JOB_CHANGED_CHANNEL}, id) FROM raised`;
}
