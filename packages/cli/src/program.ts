import type { Tool } from '@creatorr/client';
import { Command } from 'commander';
import { addAccountCommands } from './commands/account.ts';
import { addFileCommands } from './commands/files.ts';
import { addJobCommands } from './commands/jobs.ts';
import { addToolsCommand } from './commands/tools.ts';
import { EXIT_HELP } from './exit-code.ts';
import type { Io } from './io.ts';
import { addToolCommands } from './tools/tool-commands.ts';
import { VERSION } from './version.ts';

const HELP = `
${EXIT_HELP}

Environment:
  CREATORR_API    where the API is
  CREATORR_TOKEN  the token to use, instead of that of creatorr login`;

/** The command line with the tools that are known; it exits by throwing. */
export function createProgram(io: Io, tools: readonly Tool[]): Command {
	const program = new Command('creatorr')
		.description('Compress PDFs, recognise text, convert documents. The tools are those of the API.')
		.version(VERSION)
		.addHelpText('after', HELP)
		.showHelpAfterError('(creatorr --help, or creatorr <command> --help, shows how)');
	addToolCommands(program, io, tools);
	addAccountCommands(program, io);
	addJobCommands(program, io);
	addFileCommands(program, io);
	addToolsCommand(program, io);
	for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
		command.exitOverride().configureOutput({
			writeOut: (text) => io.stdout.write(text),
			writeErr: (text) => io.stderr.write(text),
		});
	}
	return program;
}
