import type { PrismaClient } from './prisma.ts';

interface Hold {
	jobId: string;
	attempt: number;
	holdMs: number;
}

/**
 * Keeps a current attempt's job from being given to any worker, its own included, for a while, so that its outcome can be
 * applied; false when it is not the current attempt of a running job any more.
 */
export async function holdAttempt(prisma: PrismaClient, input: Hold): Promise<boolean> {
	const held = await prisma.$executeRaw`
		UPDATE jobs
		SET settling = true,
			lease_expires_at = greatest(lease_expires_at, now() + make_interval(secs => ${input.holdMs / 1000}))
		WHERE id = ${input.jobId} AND attempt = ${input.attempt}::int AND status = 'running'
			AND worker_id IS NOT NULL`;
	return held > 0;
}
