import type { PrismaClient } from './prisma.ts';
import { readFailures } from './read-failures.ts';
import { readWorkers } from './read-workers.ts';

const FAILURES = 10;

/** Who works and what went wrong lately, for operators. */
export async function readReport(prisma: PrismaClient, workerLifetimeMs: number): Promise<object> {
	const [workers, failures] = await Promise.all([
		readWorkers(prisma, workerLifetimeMs),
		readFailures(prisma, FAILURES),
	]);
	return {
		workers: workers.map(({ id, slots, running, silentSeconds }) => ({
			id,
			slots,
			running,
			silent_seconds: silentSeconds,
		})),
		recent_failures: failures,
	};
}
