import type { Defence } from './defence.ts';

const COMPUTE = { suite: 'apps/jobs/test/compute.test.ts' };
const CANDIDATES = 'apps/jobs/src/data/find-candidates.ts';

/** What keeps one account from taking the workers of all. */
export const JOBS: readonly Defence[] = [
	{
		name: 'refuses jobs of an account that has used up its compute quota',
		file: 'apps/jobs/src/domain/admit-job.ts',
		code: '\trefuseExhaustedCompute(plans, standing);\n',
		without: '',
		...COMPUTE,
		test: 'refuses new jobs once it is used up, and nobody else’s',
	},
	{
		name: 'dispatches no job of an account that has used up its compute quota',
		file: CANDIDATES,
		code: "CASE WHEN (terms ->> 'compute_ms')::bigint BETWEEN 1 AND coalesce(compute_usage.milliseconds, 0) THEN 0",
		without: 'CASE WHEN false THEN 0',
		...COMPUTE,
		test: 'keeps queued jobs waiting until the next day',
	},
	{
		name: 'charges jobs that are canceled while they run',
		file: 'apps/jobs/src/data/end-job.ts',
		code: "{ change: 'cancel', ms: chargedMs(job, {}) }",
		without: "{ change: 'cancel', ms: 0 }",
		...COMPUTE,
		test: 'counts a job that its owner canceled while it ran, and none that had not started',
	},
	{
		name: 'runs one job at a time of an account whose email is not verified',
		file: 'apps/jobs/src/domain/max-active-jobs.ts',
		code: 'if (verified || unverifiedActiveJobs === 0)',
		without: 'if (verified !== undefined)',
		...COMPUTE,
		test: 'has one active job, and as many as the plan allows from the verification on',
	},
];
