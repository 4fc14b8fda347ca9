import { runAppCommand } from './operator/app-command.ts';
import { runCommand, say } from './stack/command.ts';
import { CommandError } from './supervisor/command-error.ts';

const HELP = `Dead-lettered messages, for operators: messages that no consumer could handle.

  npm run dlq -- list [--limit 50]             list the oldest messages with reason and queue; removes none
  npm run dlq -- show ID                       show one message with its content
  npm run dlq -- replay ID | --all [--reason WHY]
  npm run dlq -- drop ID --reason WHY          delete it; --force if it needs a replay: its effect is lost

All commands accept --json. replay and drop accept --by NAME (the operator's name, recorded with the action).
Exit codes: 0 done; 1 not or only partly done, for example because there is no such message; 2 wrong usage.
`;

/** Runs the command of jobs, with its environment. */
await runCommand(async (stop) => {
	const args = process.argv.slice(2);
	if (args.length === 0) throw new CommandError(HELP, { exitCode: 2 });
	if (!args.includes('--help')) return await runAppCommand({ app: 'jobs', program: 'dlq', args }, stop);
	say(HELP.trimEnd());
	return 0;
});
