import type { Command } from 'commander';

export interface CommonOptions {
	api?: string;
	json?: boolean;
	quiet?: boolean;
}

/** What every command takes. */
export function withCommonOptions(command: Command): Command {
	return command
		.option('--api <url>', 'where the API is; else CREATORR_API, else where the last sign-in was')
		.option('--json', 'print JSON on stdout')
		.option('-q, --quiet', 'no progress and no words, errors excepted');
}
