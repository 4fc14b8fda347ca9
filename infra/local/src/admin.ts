import { parseArgs } from 'node:util';
import { formatReport } from '@creatorr/service/format-report';
import type { Caller } from './backing/secrets.ts';
import { readAppReport, runAppCommand } from './operator/app-command.ts';
import { runCommand, say } from './stack/command.ts';
import { CommandError } from './supervisor/command-error.ts';

const HELP = `Users and jobs, for operators. USER is an email or an ID (usr_…).

  npm run admin -- user USER
      Shows account, sessions, API keys, plan, usage, jobs, webhooks and security events.

  npm run admin -- job JOB
      Shows a job (job_…) with its attempts, worker, times and error.

  npm run admin -- suspend USER --reason WHY
      Ends all sessions, revokes all API keys for good, and blocks sign-in. Queued and running jobs continue.

  npm run admin -- unsuspend USER --reason WHY
      Lets the owner sign in again, and create new API keys.

  npm run admin -- cancel-jobs USER --reason WHY
      Cancels all queued and running jobs.

  npm run admin -- grant USER pro --until YYYY-MM-DD --reason WHY
      Puts a user on Pro through that day (UTC), whatever Stripe says.

  npm run admin -- revoke-grant USER --reason WHY
      Ends such a grant now. The plan follows Stripe again.

Options of every command: --by NAME, your name, which is recorded (default: the user of the operating system), and --json (use
npm run --silent admin). docs/runbooks/accounts.md says when to use these commands.
Exit codes: 0 done; 1 not done, for example because there is no such user; 2 wrong usage.
`;

/** The app that owns each command. `byId`: the app knows users only by id, so auth looks up the id of an email first. */
const COMMANDS: Readonly<Record<string, { app: Caller; byId?: boolean }>> = {
	job: { app: 'jobs' },
	suspend: { app: 'auth' },
	unsuspend: { app: 'auth' },
	'cancel-jobs': { app: 'jobs', byId: true },
	grant: { app: 'billing', byId: true },
	'revoke-grant': { app: 'billing', byId: true },
};

const OPTIONS = {
	by: { type: 'string' },
	help: { type: 'boolean' },
	json: { type: 'boolean' },
	reason: { type: 'string' },
	until: { type: 'string' },
} as const;

/** Runs an operator's command in the app that owns it, with that app's environment. */
await runCommand(async (stop) => {
	const args = process.argv.slice(2);
	const { values, positionals, tokens } = parseArgs({
		args,
		options: OPTIONS,
		allowPositionals: true,
		tokens: true,
	});
	const [name = '', subject] = positionals;
	if (values.help) {
		say(HELP.trimEnd());
		return 0;
	}
	const by = values.by === undefined ? [] : ['--by', values.by];
	if (name === '') throw new CommandError(HELP, { exitCode: 2 });
	const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
	if (!command && name !== 'user') throw usageError(`Unknown command: ${name}.`);
	if (subject === undefined) throw usageError(`${name} needs a ${name === 'job' ? 'JOB' : 'USER'}.`);
	if (!command) {
		if (positionals.length > 2) throw usageError('user takes one USER.');
		if (values.reason !== undefined || values.until !== undefined)
			throw usageError('user has no options --reason and --until.');
		return await showUser(subject, { by, json: values.json === true }, stop);
	}
	const forwarded = [...args];
	if (command.byId) {
		const index = tokens.filter(({ kind }) => kind === 'positional')[1]?.index ?? 0;
		forwarded[index] = String((await findAccount(subject, by, stop)).id);
	}
	return await runAppCommand({ app: command.app, program: 'admin', args: forwarded }, stop);
});

function usageError(message: string): CommandError {
	return new CommandError(`${message} See \`npm run admin -- --help\`.`, { exitCode: 2 });
}

function findAccount(user: string, by: string[], stop: AbortSignal) {
	return readAppReport({ app: 'auth', program: 'admin', args: ['user', user, ...by] }, stop);
}

/** Prints what all apps know about a user. If an app does not respond, its section is null and the exit code is 1. */
async function showUser(user: string, { by, json }: { by: string[]; json: boolean }, stop: AbortSignal) {
	const account = await findAccount(user, by, stop);
	let exitCode = 0;
	const ask = async (app: Caller) => {
		try {
			const args = ['user', String(account.id), ...by];
			return [app, await readAppReport({ app, program: 'admin', args }, stop)];
		} catch (error) {
			process.stderr.write(`${app}: ${(error as Error).message}\n`);
			exitCode = 1;
			return [app, null];
		}
	};
	const reports = await Promise.all([ask('billing'), ask('jobs'), ask('webhooks')]);
	const report = { ...account, ...Object.fromEntries(reports) };
	say(json ? JSON.stringify(report, null, '\t') : formatReport(report).trimEnd());
	return exitCode;
}
