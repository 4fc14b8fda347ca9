import { idSchema } from '@creatorr/contracts/ids';
import { currentRequestId } from '@creatorr/service/context';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import { cancelAllJobs } from '../cancel/cancel-job.sql.ts';
import type { Database } from '../database.sql.ts';
import { viewJob, viewUser } from './views.sql.ts';

export const HELP = `Jobs, for operators.
Runs with the environment of the jobs service (with npm start: npm run admin).

  node apps/jobs/src/admin.ts job JOB [--json]
      Shows a job (job_…) with its attempts, its worker, its times and why it failed.

  node apps/jobs/src/admin.ts user USER [--json]
      Shows how many jobs of a user (usr_…) wait and run, and the last ones.

  node apps/jobs/src/admin.ts cancel-jobs USER --reason WHY
      Cancels all jobs of a user that have not ended. Running ones are killed.

Each command is recorded in operator_actions under the operator's name: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, for example because there is no such job; 2 wrong usage.
`;

async function showJob(
	prisma: Database,
	{ positionals: [jobId = ''], operator }: CommandLine,
): Promise<object> {
	const job = await viewJob(prisma, jobId, operator());
	if (!job) throw new CommandError(`No such job: ${jobId}.`);
	return job;
}

/** Doesn't check that the user exists: this service knows no accounts, only jobs. */
function userIdOf({ positionals: [userId = ''] }: CommandLine): string {
	if (!idSchema('usr').safeParse(userId).success)
		throw new UsageError(`"${userId}" is not a user ID. A user ID is usr_ and 26 characters.`);
	return userId;
}

function accountDeleted(userId: string): CommandError {
	return new CommandError(`${userId} was deleted.`);
}

async function showUser(prisma: Database, line: CommandLine): Promise<object> {
	const userId = userIdOf(line);
	const user = await viewUser(prisma, userId, line.operator());
	if (!user) throw accountDeleted(userId);
	return user;
}

async function cancelJobs(prisma: Database, line: CommandLine): Promise<object> {
	const userId = userIdOf(line);
	const by = { operator: line.operator(), reason: line.reason() };
	const canceled = await cancelAllJobs(prisma, { userId, by, requestId: currentRequestId() });
	if (canceled === null) throw accountDeleted(userId);
	return { user_id: userId, jobs_canceled: canceled };
}

export function adminCommands(prisma: Database): Record<string, OperatorCommand> {
	const positionals = { min: 1, max: 1 };
	return {
		job: { positionals, options: [], run: (line) => showJob(prisma, line) },
		user: { positionals, options: [], run: (line) => showUser(prisma, line) },
		'cancel-jobs': { positionals, options: ['reason'], run: (line) => cancelJobs(prisma, line) },
	};
}
