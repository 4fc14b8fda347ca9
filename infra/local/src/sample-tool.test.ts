import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { REPOSITORY } from './settings/settings.ts';
import { copyRepository } from './stack/repository-copy.ts';

/** CONTRIBUTING.md says that a tool is one folder. Its sample tool is taken from the page and put into a copy of the repository. */
const SLUG = 'pdf_to_text';
const FOLDER = `packages/tools/src/${SLUG}`;

jest.setTimeout(240_000);

const patch =
	/```diff\n([\s\S]*?)```/.exec(readFileSync(join(REPOSITORY, 'CONTRIBUTING.md'), 'utf8'))?.[1] ?? '';
const home = mkdtempSync(join(tmpdir(), 'sample-tool-'));
const root = join(home, 'repository');

/** Runs a program in the copy. Rejects with its output when it fails. */
async function run(
	directory: string,
	program: string,
	args: readonly string[],
	env: object = {},
): Promise<string> {
	const options = { cwd: join(root, directory), env: { ...process.env, ...env }, maxBuffer: 64 * 1024 ** 2 };
	try {
		return (await promisify(execFile)(program, args, options)).stdout;
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
	}
}

const bin = (name: string) => join(REPOSITORY, 'node_modules', '.bin', name);

beforeAll(async () => {
	copyRepository(root);
	writeFileSync(join(home, 'sample.diff'), patch);
	await run('.', 'git', ['apply', '--unidiff-zero', join(home, 'sample.diff')]);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('the sample is one folder, and changes no existing file', () => {
	const files = [...patch.matchAll(/^diff --git a\/(\S+) b\/(\S+)\nnew file mode 100644$/gm)];
	expect(files).toHaveLength(patch.match(/^diff /gm)?.length ?? 0);
	expect(files.map(([, file]) => file).sort()).toEqual(
		['manifest.ts', 'run.test.ts', 'run.ts'].map((name) => `${FOLDER}/${name}`),
	);
	expect(existsSync(join(root, FOLDER, 'run.ts'))).toBe(true);
});

test('the sample passes lint and types, and no product code outside its folder names it', async () => {
	await run('.', bin('biome'), ['check', '--error-on-warnings', '--vcs-enabled=false', FOLDER]);
	// The lint asks git which files there are.
	await run('.', 'git', ['init', '--quiet']);
	await run('.', process.execPath, ['scripts/check-tool-slugs.mjs']);
	await run('packages/tools', bin('tsc'), ['--noEmit', '--project', '.']);
});

test('the sample passes the tests of the catalog and its own, the contract of all tools', async () => {
	const suites = ['src/catalog.test.ts', FOLDER.replace(/.*src/, 'src')];
	const env = { NODE_OPTIONS: '--experimental-vm-modules' };
	// The sample may end before it is canceled.
	const pattern = '--testNamePattern=^(?!.*canceled during its run)';
	await run('packages/tools', 'node_modules/.bin/jest', [...suites, pattern], env);
});

test('the sample survives the quick files of a hostile family that its manifest names', async () => {
	const only = ['page bombs: a tree', `for ${SLUG} too`].flatMap((text) => ['--only', text]);
	const output = await run('.', process.execPath, ['--no-warnings', 'qa/hostile/main.ts', ...only]);
	expect(output).toMatch(/^(\d{1,2}) of \1 files ended as expected, 0 did not$/m);
});
