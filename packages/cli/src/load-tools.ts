import type { Tool } from '@creatorr/client';
import { BUILT_IN_COMMANDS } from './commands/built-in-commands.ts';
import type { Io } from './io.ts';
import { connect } from './session/connect.ts';

/** Timeout for help that only lists the tools. */
const HELP_WAIT_MS = 2_000;

/** Commands that need the tools. */
const ABOUT_TOOLS = new Set(['run', 'help']);

/** Returns the tools if the command line needs them. Help works without them if the API is down. */
export async function loadTools(io: Io, argv: readonly string[]): Promise<Tool[]> {
	const command = argv.find((argument) => !argument.startsWith('-'));
	if (command !== undefined && BUILT_IN_COMMANDS.has(command) && !ABOUT_TOOLS.has(command)) return [];
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

/** Finds the API before the command line can be parsed, as parsing needs the tools' options. */
function apiOf(argv: readonly string[]): string | undefined {
	const joined = argv.find((argument) => argument.startsWith('--api='));
	if (joined !== undefined) return joined.slice('--api='.length);
	const at = argv.indexOf('--api');
	return at < 0 ? undefined : argv[at + 1];
}
