import { say } from '../stack/command.ts';
import { AppCommandError, runAppCommand } from './run-app-command.ts';

export const HELP = `Dead letters, for operators: messages that no consumer could handle.

  npm run dlq -- list [--limit 50]             the oldest of them, and why and where they died; none is taken
  npm run dlq -- show ID                       all of one, with what it says
  npm run dlq -- replay ID | --all [--reason WHY]
  npm run dlq -- drop ID --reason WHY          --force for one that needs a replay: what it asks for is never done then

All take --json; replay and drop take --by NAME, which is kept with what was done.
Exit codes: 0 done; 1 not done, or not all of it, as there is no such letter, say; 2 called in a wrong way.
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
