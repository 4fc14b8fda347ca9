import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BASE_URL } from '../../support/client.ts';
import { camelCase, type Reader } from './reader.ts';

const execute = promisify(execFile);
const EXAMPLE_MS = 120_000;
const CLIENT = join(import.meta.dirname, '..', '..', '..', 'packages', 'client');

/** A refusal ends the example: curl alone takes any answer for a success. */
const SHELL = `set -euo pipefail
curl() { command curl -sS --fail-with-body "$@"; }
`;

/** A folder as a reader of the docs has it, with the client installed; removed after the work. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'creatorr-example-'));
	try {
		await mkdir(join(folder, 'node_modules', '@creatorr'), { recursive: true });
		await symlink(CLIENT, join(folder, 'node_modules', '@creatorr', 'client'));
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** Runs an example in a shell; rejects with what it wrote when it fails, or when the API refuses. */
export async function runShell(
	example: string,
	variables: Reader['variables'],
	folder: string,
): Promise<string> {
	return await run('bash', ['-c', SHELL + example], variables, folder);
}

/** Runs an example that is a whole program; rejects with what it wrote when it fails. */
export async function runProgram(example: string, folder: string): Promise<string> {
	await writeFile(join(folder, 'example.mjs'), example);
	return await run(process.execPath, ['example.mjs'], {}, folder);
}

export interface Snippet {
	name: string;
	example: string;
	variables: Reader['variables'];
}

/**
 * Runs examples that are parts of a program, each with a client and the variables that it names; in one program, as
 * starting one takes long. Resolves to what failed.
 */
export async function runSnippets(snippets: readonly Snippet[], folder: string): Promise<string[]> {
	const program = [
		`import { createClient } from '@creatorr/client';`,
		'const failures = [];',
		...snippets.map(({ name, example, variables }) => {
			const names = Object.entries(variables).map(
				([variable, value]) => `const ${camelCase(variable)} = ${JSON.stringify(value)};`,
			);
			const options = JSON.stringify({ baseUrl: BASE_URL, token: variables.TOKEN });
			return `try {
const creatorr = createClient(${options});
${names.join('\n')}
{
${example}
}
} catch (error) { failures.push(${JSON.stringify(`${name}: `)} + error.message); }`;
		}),
		'process.stdout.write("\\n" + JSON.stringify(failures));',
	];
	const output = await runProgram(program.join('\n'), folder);
	return JSON.parse(output.slice(output.lastIndexOf('\n') + 1));
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
			env: { ...process.env, ...variables, NODE_OPTIONS: '--no-warnings' },
			timeout: EXAMPLE_MS,
		});
		return stdout;
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		throw new Error(`the example failed:\n${args.at(-1)}\n${stdout}\n${stderr}`);
	}
}
