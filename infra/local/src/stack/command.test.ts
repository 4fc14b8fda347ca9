import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';

describe('a command of npm run', () => {
	const home = temporaryHome();

	function run(name: string, ...args: string[]) {
		const path = join(import.meta.dirname, '..', `${name}.ts`);
		const env = { PATH: process.env.PATH, CREATORR_HOME: home().root };
		return spawnSync(process.execPath, [path, ...args], { env, encoding: 'utf8' });
	}

	test.each(['reset', 'stop'])('named %s does nothing but explain itself when it gets --help', (name) => {
		const file = join(home().data, 'file');
		writeFileSync(file, '');
		const { status, stdout, stderr } = run(name, '--help');
		expect([status, stdout]).toEqual([2, '']);
		expect(stderr).toContain(`npm run ${name} has no options`);
		expect(existsSync(file)).toBe(true);
	});

	test('named status explains itself', () => {
		expect(run('status', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--json') });
	});

	test('named status rejects an unknown option in one line', () => {
		const { status, stderr } = run('status', '--all');
		expect(status).toBe(2);
		expect(stderr).toMatch(/^Unknown option '--all'.*\n$/);
	});
});
