import { parseArgs } from 'node:util';
import { reportText } from '@creatorr/service/report-text';
import type { Caller } from '../backing/secrets.ts';
import { say } from '../stack/command.ts';
import { AppCommandError, askApp, runAppCommand } from './run-app-command.ts';

export const HELP = `Users and jobs, for operators. USER is an email or an ID (usr_…).

  npm run admin -- user USER                    show account, sessions, plan, usage, last jobs, security events
  npm run admin -- job JOB                      show a job (job_…) with its attempts, worker, times and error
  npm run admin -- suspend USER --reason WHY    sign out everywhere and block sign-in; jobs continue
  npm run admin -- unsuspend USER --reason WHY
  npm run admin -- cancel-jobs USER --reason WHY
  npm run admin -- grant USER pro --until YYYY-MM-DD --reason WHY
  npm run admin -- revoke-grant USER --reason WHY

All commands accept --json and --by NAME (the operator's name, recorded with the action).
Exit codes: 0 done; 1 not done, for example because there is no such user; 2 wrong usage.
`;

/** Which app does what, where one does it alone. */
const APP_OF: Readonly<Record<string, Caller>> = {
	job: 'jobs',
	suspend: 'auth',
	unsuspend: 'auth',
	'cancel-jobs': 'jobs',
	grant: 'billing',
	'revoke-grant': 'billing',
};
/** Of apps that know users by their ids alone, and may not know of all that there are: auth is asked first. */
const BY_ID = ['cancel-jobs', 'grant', 'revoke-grant'];
/** What else is known of a user, and where. */
const PARTS: readonly Caller[] = ['billing', 'jobs'];

const OPTIONS = {
	by: { type: 'string' },
	help: { type: 'boolean' },
	json: { type: 'boolean' },
	reason: { type: 'string' },
	until: { type: 'string' },
} as const;

function parse(args: string[]) {
	try {
		return parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
	} catch (error) {
		throw new AppCommandError((error as Error).message, 2);
	}
}

/** The account that the person names. */
function findAccount(user: string, by: string[], stop: AbortSignal) {
	return askApp({ app: 'auth', program: 'admin', args: ['user', user, ...by] }, stop);
}

/** All that is known of a user; a part that does not answer is null, and 1 the exit code. */
async function showUser(user: string, options: { by: string[]; json: boolean }, stop: AbortSignal) {
	const account = await findAccount(user, options.by, stop);
	let exitCode = 0;
	const ask = async (app: Caller) => {
		try {
			const args = ['user', String(account.id), ...options.by];
			return [app, await askApp({ app, program: 'admin', args }, stop)];
		} catch (error) {
			process.stderr.write(`${app}: ${(error as Error).message}\n`);
			exitCode = 1;
			return [app, null];
		}
	};
	const report = { ...account, ...Object.fromEntries(await Promise.all(PARTS.map(ask))) };
	say(options.json ? JSON.stringify(report, null, '\t') : reportText(report).trimEnd());
	return exitCode;
}

/** Has the app that owns it do what the person asks for; answers the exit code. */
export async function runAdmin(args: string[], stop: AbortSignal): Promise<number> {
	const { values, positionals, tokens } = parse(args);
	const [command = '', subject] = positionals;
	if (values.help) {
		say(HELP.trimEnd());
		return 0;
	}
	const by = values.by === undefined ? [] : ['--by', values.by];
	if (command === 'user' && subject !== undefined && positionals.length === 2) {
		if (values.reason !== undefined || values.until !== undefined)
			throw new AppCommandError('user has no options --reason and --until.', 2);
		return await showUser(subject, { by, json: values.json === true }, stop);
	}
	const app = Object.hasOwn(APP_OF, command) ? APP_OF[command] : undefined;
	if (!app || subject === undefined) throw new AppCommandError(HELP, 2);
	const passedOn = [...args];
	if (BY_ID.includes(command)) {
		const at = tokens.filter(({ kind }) => kind === 'positional')[1]?.index ?? 0;
		passedOn[at] = String((await findAccount(subject, by, stop)).id);
	}
	return await runAppCommand({ app, program: 'admin', args: passedOn }, stop);
}
