import { idSchema } from '@creatorr/contracts/ids';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import type { OperatorData } from './data/open-operator-data.ts';

export const HELP = `Jobs, for operators. Runs with the environment of the jobs service.

  node apps/jobs/src/admin.ts job JOB [--json]
      Shows a job (job_…) with its attempts, its worker, its times and why it failed.

  node apps/jobs/src/admin.ts user USER [--json]
      How many jobs of a user (usr_…) wait and run, and the last ones.

  node apps/jobs/src/admin.ts cancel-jobs USER --reason WHY
      Cancels all jobs of a user that have not ended; those that run are killed.

Each is kept in operator_actions under the name of who runs it: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, as there is no such job, say; 2 called in a wrong way.
`;

type Data = Omit<OperatorData, 'close'>;

async function showJob(data: Data, { words: [jobId = ''], operator }: CommandLine): Promise<object> {
	const job = await data.readJob(jobId, operator());
	if (!job) throw new CommandError(`there is no job ${jobId}`);
	return job;
}

/** Jobs knows no accounts: one that it has never heard of is like one that has never had a job. */
function userIdOf({ words: [userId = ''] }: CommandLine): string {
	if (!idSchema('usr').safeParse(userId).success)
		throw new UsageError(`${userId} is no id of a user, which is usr_ and 26 characters`);
	return userId;
}

function wasDeleted(userId: string): CommandError {
	return new CommandError(`${userId} was deleted`);
}

async function showUser(data: Data, line: CommandLine): Promise<object> {
	const userId = userIdOf(line);
	const user = await data.readUser(userId, line.operator());
	if (!user) throw wasDeleted(userId);
	return user;
}

async function cancelJobs(data: Data, line: CommandLine): Promise<object> {
	const userId = userIdOf(line);
	const by = { operator: line.operator(), reason: line.reason() };
	const canceled = await data.cancelAll(userId, by);
	if (canceled === null) throw wasDeleted(userId);
	return { user_id: userId, jobs_canceled: canceled };
}

export function adminCommands(data: Data): Record<string, OperatorCommand> {
	const words = { min: 1, max: 1 };
	return {
		job: { words, options: [], run: (line) => showJob(data, line) },
		user: { words, options: [], run: (line) => showUser(data, line) },
		'cancel-jobs': { words, options: ['reason'], run: (line) => cancelJobs(data, line) },
	};
}
