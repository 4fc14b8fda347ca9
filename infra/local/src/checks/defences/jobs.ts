import type { Defence } from './defence.ts';

const COMPUTE = { suite: 'apps/jobs/test/compute.test.ts' };
const COST = { suite: 'apps/jobs/test/expected-cost.test.ts' };
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
	{
		name: 'dispatches short jobs before the long ones of many users',
		file: CANDIDATES,
		code: 'since + make_interval(secs => seconds) AS due',
		without: 'since AS due',
		...COST,
		test: 'goes before the long jobs of eight users that were queued before it',
	},
	{
		name: 'dispatches no more long jobs than there are background slots',
		file: CANDIDATES,
		code: 'AND (NOT background OR background_places > 0)',
		without: '',
		also: [
			{
				file: 'apps/jobs/src/domain/choose-releases.ts',
				code: 'if (background && taken.background >= (freePlaces.background.get(tool) ?? 0)) return false;',
				without: '',
			},
		],
		...COST,
		test: 'waits until a background slot is free, and lets others go',
	},
	{
		name: 'dispatches a returned job a heartbeat later at the earliest',
		file: CANDIDATES,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: 'AND (deferred_at IS NULL OR deferred_at < now() - make_interval(secs => ${deferralMs / 1000}))',
		without: '',
		...COST,
		test: 'waits for a heartbeat also when a slot seems free, as it may be that of a worker that was not asked',
	},
	{
		name: 'has a job of many pages make room at once',
		file: 'apps/tool-worker/src/consumers/job-requested.ts',
		code: 'if (ms > deps.longMs) permit.deprioritize();',
		without: '',
		suite: 'apps/tool-worker/test/background.test.ts',
		test: 'a job of many pages goes on beside the queue as soon as its tool has counted them',
	},
	{
		name: 'keeps long jobs from taking the last place of their tool',
		file: 'apps/tool-worker/src/runtime/background-jobs.ts',
		code: "return outlook === 'unknown' && ofTool < slotsPerTool - 1;",
		without: "return outlook === 'unknown';",
		suite: 'apps/tool-worker/src/runtime/background-jobs.test.ts',
		test: 'is returned when it would keep the last message slot of its tool',
	},
	{
		name: 'keeps the output of a job that waits for the broker',
		file: 'apps/tool-worker/src/runtime/background-jobs.ts',
		code: "if (now === 'ended') return;",
		without: '',
		suite: 'apps/tool-worker/src/runtime/background-jobs.test.ts',
		test: 'a job whose tool has ended takes no background slot',
	},
];
