import type { Tool } from '@creatorr/client';
import { OWN_COMMANDS } from './commands/own-commands.ts';
import type { Io } from './io.ts';
import { connect } from './session/connect.ts';

/** Help that only names the tools is not worth a long wait. */
const HELP_WAIT_MS = 2_000;

/** Those that say something of the tools. */
const ABOUT_TOOLS = new Set(['run', 'help']);

/** The tools, when the command line needs them. Help goes without where the API can't be reached. */
export async function toolsFor(io: Io, argv: readonly string[]): Promise<Tool[]> {
	const command = argv.find((argument) => !argument.startsWith('-'));
	if (command !== undefined && OWN_COMMANDS.has(command) && !ABOUT_TOOLS.has(command)) return [];
	const isAboutTool = command !== undefined && command !== 'help';
	try {
		const { client } = await connect(io, { api: apiOf(argv) });
		const signal = isAboutTool ? io.signal : AbortSignal.timeout(HELP_WAIT_MS);
		return await client.tools({ signal });
	} catch (error) {
		if (isAboutTool) throw error;
		return [];
	}
}

/** Needed before the options of a tool are known, by which the rest is parsed. */
function apiOf(argv: readonly string[]): string | undefined {
	const joined = argv.find((argument) => argument.startsWith('--api='));
	if (joined !== undefined) return joined.slice('--api='.length);
	const at = argv.indexOf('--api');
	return at < 0 ? undefined : argv[at + 1];
}
