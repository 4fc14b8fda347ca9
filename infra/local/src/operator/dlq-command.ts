import { say } from '../stack/command.ts';
import { AppCommandError, runAppCommand } from './run-app-command.ts';

export const HELP = `Dead-lettered messages, for operators: messages that no consumer could handle.

  npm run dlq -- list [--limit 50]             list the oldest messages with reason and queue; removes none
  npm run dlq -- show ID                       show one message with its content
  npm run dlq -- replay ID | --all [--reason WHY]
  npm run dlq -- drop ID --reason WHY          delete it; --force if it needs a replay: its effect is lost

All commands accept --json. replay and drop accept --by NAME (the operator's name, recorded with the action).
Exit codes: 0 done; 1 not or only partly done, for example because there is no such message; 2 wrong usage.
`;

/** By the command of jobs, with its environment; answers the exit code. What to call it with is said without. */
export async function runDlq(args: string[], stop: AbortSignal): Promise<number> {
	if (args.length === 0) throw new AppCommandError(HELP, 2);
	if (args.includes('--help')) {
		say(HELP.trimEnd());
		return 0;
	}
	return await runAppCommand({ app: 'jobs', program: 'dlq', args }, stop);
}
