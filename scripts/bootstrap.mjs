/**
 * What every `npm` command of this repository runs first, in plain JavaScript for any Node from 18 on: gets the Node
 * and the pnpm that the project is pinned to, installs the dependencies, then hands over to infra/local/src/<command>.ts.
 */
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from './bootstrap/fail.mjs';
import { installDependencies } from './bootstrap/install.mjs';
import { REPOSITORY, relay } from './bootstrap/run.mjs';
import { locateToolchain, toolchainFits } from './bootstrap/toolchain.mjs';

const COMMANDS = [
	'start',
	'status',
	'stop',
	'reset',
	'backup',
	'restore',
	'rehearse-restore',
	'rehearse-upgrade',
	'rehearse-full-disk',
	'services',
	'admin',
	'dlq',
	'test',
	'program',
];

const [command = '', ...commandArguments] = process.argv.slice(2);
if (!COMMANDS.includes(command)) fail(`Unknown command "${command}": there are ${COMMANDS.join(', ')}.`);

if (toolchainFits()) {
	// compiled code is kept, for this process and, through the variable, for all that it starts: halves their start
	process.env.NODE_COMPILE_CACHE ??= join(REPOSITORY, 'node_modules', '.creatorr', 'compile-cache');
	module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
	await installDependencies();
	const entry = `${REPOSITORY}/infra/local/src/${command}.ts`;
	process.argv.splice(1, 2, entry);
	await import(pathToFileURL(entry).href);
} else {
	if (process.env.CREATORR_WRAPPED !== undefined) fail('The Node and pnpm that were installed do not run.');
	const { node, binDirectory } = await locateToolchain();
	await relay(node, [process.argv[1], command, ...commandArguments], {
		PATH: `${binDirectory}:${process.env.PATH}`,
		CREATORR_WRAPPED: String(process.pid),
	});
}
