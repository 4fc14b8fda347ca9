import type { Tool } from '@creatorr/client';
import { Command } from 'commander';
import { addAccountCommands } from './commands/account.ts';
import { addErrorsCommand } from './commands/errors.ts';
import { addFileCommands } from './commands/files.ts';
import { addJobCommands } from './commands/jobs.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addListenCommand } from './commands/listen.ts';
import { addPlansCommand } from './commands/plans.ts';
import { addToolsCommand } from './commands/tools.ts';
import { addWebhookCommands } from './commands/webhooks.ts';
import { EXIT_HELP } from './exit-code.ts';
import type { Io } from './io.ts';
import { addToolCommands } from './tools/tool-commands.ts';
import { VERSION } from './version.ts';

const HELP = `
${EXIT_HELP}

Environment:
  CREATORR_API      URL of the API
  CREATORR_API_KEY  API key to use instead of a session (creatorr keys create)
  CREATORR_TOKEN    token to use instead of the one from creatorr login`;

/** Creates the command line for these tools. It throws instead of exiting. */
export function createProgram(io: Io, tools: readonly Tool[]): Command {
	const program = new Command('creatorr')
		.description('Compress PDFs, recognize text, convert documents.')
		.version(VERSION, '-V, --version', 'Show the version')
		.helpCommand('help [command]', 'Show help for a command')
		.addHelpText('after', HELP)
		.showHelpAfterError('See creatorr --help or creatorr <command> --help.');
	addToolCommands(program, io, tools);
	addAccountCommands(program, io);
	addJobCommands(program, io);
	addFileCommands(program, io);
	addKeyCommands(program, io);
	addToolsCommand(program, io);
	addPlansCommand(program, io);
	addWebhookCommands(program, io);
	addListenCommand(program, io);
	addErrorsCommand(program, io);
	for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
		command.helpOption('-h, --help', 'Show help');
		command.exitOverride().configureOutput({
			writeOut: (text) => io.stdout.write(text),
			writeErr: (text) => io.stderr.write(text),
		});
	}
	return program;
}
