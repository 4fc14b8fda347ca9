import type { Command } from 'commander';

export interface CommonOptions {
	api?: string;
	json?: boolean;
	quiet?: boolean;
}

/** Adds the options of every command. */
export function withCommonOptions(command: Command): Command {
	return command
		.option('--api <url>', 'URL of the API (default: CREATORR_API, then the API of the last sign-in)')
		.option('--json', 'Print JSON to stdout')
		.option('-q, --quiet', 'Print errors only');
}
