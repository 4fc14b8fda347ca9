import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { REPOSITORY } from '../src/compose.ts';

let clone: string;

/** Files of a fresh clone without installed dependencies. */
beforeEach(() => {
	clone = mkdtempSync(join(tmpdir(), 'clone-'));
	for (const path of ['infra/docker/src', 'infra/local/src/backing']) {
		cpSync(join(REPOSITORY, path), join(clone, path), { recursive: true });
	}
});

afterEach(() => rmSync(clone, { recursive: true }));

const makeEnv = () =>
	promisify(execFile)(process.execPath, ['--no-warnings', join(clone, 'infra/docker/src/make-env.ts')]);

test('secrets are created without installed packages, readable only by their owner', async () => {
	await makeEnv();
	const file = join(clone, '.env');
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(readFileSync(file, 'utf8')).toMatch(
		/^TOOL_WORKER_INTERNAL_PRIVATE_KEY='-----BEGIN PRIVATE KEY-----$/m,
	);
});

test('existing secrets are kept, because the data depends on them', async () => {
	await makeEnv();
	const before = readFileSync(join(clone, '.env'), 'utf8');
	await expect(makeEnv()).rejects.toMatchObject({
		code: 1,
		stderr: expect.stringContaining('was not changed'),
	});
	expect(readFileSync(join(clone, '.env'), 'utf8')).toBe(before);
});
