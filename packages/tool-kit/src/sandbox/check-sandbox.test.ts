import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkSandbox } from './check-sandbox.ts';

let root: string;
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), 'check-sandbox-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('checkSandbox', () => {
	// Root without CAP_SYS_ADMIN, as in a container.
	const asRoot = process.getuid?.() === 0 ? test : test.skip;
	asRoot('returns what is missing where no sandbox can be built', async () => {
		const module = JSON.stringify(new URL('./check-sandbox.ts', import.meta.url).href);
		const script = `console.log(await (await import(${module})).checkSandbox(${JSON.stringify(root)}));`;
		const args = ['--bounding-set', '-sys_admin', process.execPath, '--input-type=module', '-e', script];
		const { stdout } = await promisify(execFile)('setpriv', args, {
			env: { ...process.env, NODE_OPTIONS: '' },
		});
		expect(stdout).toMatch(
			/could not be set up: bwrap: .* not permitted.*: install bubblewrap and .*namespaces/,
		);
	});

	test('returns undefined where a sandbox can be built', async () => {
		expect(await checkSandbox(root)).toBeUndefined();
	});
});
