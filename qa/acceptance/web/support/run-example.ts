import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BASE_URL } from '../../../driver/client.ts';
import { makePdf } from '../../../driver/pdf.ts';
import type { Document } from './documents.ts';
import { camelCase, type Reader } from './reader.ts';

const execute = promisify(execFile);
const EXAMPLE_MS = 120_000;
const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');
const PACKAGES = join(REPOSITORY, 'packages');
const CLIENT = join(PACKAGES, 'client');
const STANDARD_WEBHOOKS = join(REPOSITORY, 'apps', 'webhooks', 'node_modules', 'standardwebhooks');
const COMMAND = join(PACKAGES, 'cli', 'bin', 'creatorr.mjs');

/** Makes a refused request end the example: by default, curl succeeds with any response. */
const SHELL = `set -euo pipefail
curl() { command curl -sS --fail-with-body "$@"; }
`;

const END_OF_BLOCK = '--- end of block ---';

/** An example to run. */
export interface Snippet {
	name: string;
	example: string;
	/** Values for the example by the names of shell variables. */
	variables: Reader['variables'];
	/** The file for `$FILE`, if the example uses it. */
	file?: Document;
}

/** Runs the work in a temporary folder with the packages and the command line installed that the docs name. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'creatorr-example-'));
	const modules = join(folder, 'node_modules');
	try {
		await mkdir(join(modules, '.bin'), { recursive: true });
		await symlink(COMMAND, join(modules, '.bin', 'creatorr'));
		await mkdir(join(modules, '@creatorr'));
		await symlink(CLIENT, join(modules, '@creatorr', 'client'));
		await symlink(STANDARD_WEBHOOKS, join(modules, 'standardwebhooks'));
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** Runs lines in a shell; rejects with what they wrote when one fails, or when the API refuses. */
export function runInShell(example: string, variables: Reader['variables'], folder: string): Promise<string> {
	return run('bash', ['-c', SHELL + example], variables, folder);
}

/** Runs lines in a shell as a person types them: a refused request does not end the example. */
export function runAsTyped(example: string, folder: string): Promise<string> {
	return run('bash', ['-c', example], {}, folder);
}

/** Runs blocks of lines in one shell, as a person types them. Returns what each block prints. */
export async function runBlocks(
	blocks: readonly string[],
	variables: Reader['variables'],
	folder: string,
): Promise<string[]> {
	const script = ['set -u', "trap 'kill $(jobs -p) 2>&-' EXIT", blocks.join(`\necho '${END_OF_BLOCK}'\n`)];
	const output = await run('bash', ['-c', script.join('\n')], variables, folder);
	return output.split(`${END_OF_BLOCK}\n`);
}

/** Runs a program; rejects with what it wrote when it fails. */
export async function runProgram(example: string, folder: string): Promise<string> {
	await writeFile(join(folder, 'example.mjs'), example);
	return await run(process.execPath, ['example.mjs'], {}, folder);
}

export function runShell({ example, variables }: Snippet): Promise<string> {
	return inFolder((folder) => runInShell(example, variables, folder));
}

/** Runs lines of the command line as a signed-in user with files in the folder. */
export function runCommandLine({
	example,
	variables: { TOKEN = '', ...variables },
	file,
}: Snippet): Promise<string> {
	return inFolder(async (folder) => {
		await writeFile(join(folder, 'input.pdf'), makePdf());
		if (file) await writeFile(join(folder, file.name), file.buffer);
		const reader = { FILE: file?.name ?? '', CREATORR_API: BASE_URL, CREATORR_TOKEN: TOKEN };
		return await runInShell(example, { ...variables, ...reader }, folder);
	});
}

/**
 * Runs examples of JavaScript, each with a client and its variables. All run in one program, because starting one takes long.
 * Resolves to the failures.
 */
export async function runSnippets(snippets: readonly Snippet[]): Promise<string[]> {
	const program = [
		`import { createClient } from '@creatorr/client';`,
		'const failures = [];',
		...snippets.map(guarded),
		String.raw`process.stdout.write('\n' + JSON.stringify(failures));`,
	];
	const output = await inFolder((folder) => runProgram(program.join('\n'), folder));
	return JSON.parse(output.slice(output.lastIndexOf('\n') + 1));
}

function guarded({ name, example, variables }: Snippet): string {
	const constants = Object.entries(variables).map(
		([variable, value]) => `const ${camelCase(variable)} = ${JSON.stringify(value)};`,
	);
	const options = JSON.stringify({ baseUrl: BASE_URL, token: variables.TOKEN });
	return `try {
const creatorr = createClient(${options});
${constants.join('\n')}
{
${example}
}
} catch (error) { failures.push(${JSON.stringify(`${name}: `)} + error.message); }`;
}

async function run(
	command: string,
	args: string[],
	variables: Record<string, string>,
	folder: string,
): Promise<string> {
	try {
		const { stdout } = await execute(command, args, {
			cwd: folder,
			env: {
				...process.env,
				...variables,
				NODE_OPTIONS: '--no-warnings',
				PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH}`,
				XDG_CONFIG_HOME: join(folder, 'config'),
			},
			timeout: EXAMPLE_MS,
		});
		return stdout;
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		throw new Error(`the example failed:\n${args.at(-1)}\n${stdout}\n${stderr}`);
	}
}
