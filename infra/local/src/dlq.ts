import { runAppCommand } from './operator/app-command.ts';
import { runCommand, say } from './stack/command.ts';
import { CommandError } from './supervisor/command-error.ts';

const HELP = `Dead-lettered messages, for operators: messages that no consumer could handle.

  npm run dlq -- list [--limit 50]
      Lists the oldest messages with reason and queue. Removes none.

  npm run dlq -- show ID
      Shows one message with its content.

  npm run dlq -- replay ID | --all [--reason WHY]
      Publishes the message again, and removes it from the dead-letter queue. Skips messages that need no replay.

  npm run dlq -- drop ID --reason WHY [--force]
      Deletes the message. Refuses one that needs a replay, unless you add --force: its effect is then lost.

Options of every command: --json (use npm run --silent dlq). Of replay and drop: --by NAME, your name, which is recorded (default:
the user of the operating system). docs/runbooks/dead-letters.md says when to use these commands.
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
