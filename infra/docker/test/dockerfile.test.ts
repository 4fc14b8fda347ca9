import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { PACKAGES_TO_PROCESS } from '../../local/src/machine/debian-packages.ts';
import { APPS } from '../src/apps.ts';
import { REPOSITORY } from '../src/compose.ts';
import { DOCKERFILE, readTargets } from '../src/dockerfile.ts';

const DOCKER = join(REPOSITORY, 'infra/docker');
const targets = readTargets();

test('the Dockerfile has no instruction that an engine would not understand', () => {
	expect(validate(readFileSync(DOCKERFILE, 'utf8'))).toEqual([]);
	expect(validate('FROM node:24\nCOPPY . .\n')).toHaveLength(1);
});

test('every app is built, and nothing else', () => {
	const script = readFileSync(join(DOCKER, 'build-apps.sh'), 'utf8');
	expect(/^for app in (.*); do$/m.exec(script)?.[1]?.split(' ').toSorted()).toEqual(APPS.toSorted());
	expect([...targets.keys()].filter((name) => name !== 'build' && name !== 'service').toSorted()).toEqual(
		APPS.toSorted(),
	);
});

describe.each(APPS)('the image of %s', (app) => {
	const target = targets.get(app);

	test('runs the app’s own main', () => {
		expect(target?.command).toEqual(['node', `apps/${app}/src/main.ts`]);
		expect(existsSync(join(REPOSITORY, 'apps', app, 'src/main.ts'))).toBe(true);
	});

	test('runs as a numeric user that is not root', () => {
		expect(target?.user).toBe('1000:1000');
	});

	test('has a health check on the port that it listens on', () => {
		expect(target).toMatchObject({ hasHealthcheck: true, env: { NODE_ENV: 'production', HOST: '0.0.0.0' } });
		expect(target?.exposed).toContain(Number(target?.env.PORT));
	});
});

test('the workers’ image has the packages that the tools need, from their one list', async () => {
	const script = join(DOCKER, 'src/print-processing-packages.ts');
	const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script]);
	expect(stdout.trim().split('\n')).toEqual(PACKAGES_TO_PROCESS);
	const dockerfile = readFileSync(DOCKERFILE, 'utf8');
	expect(dockerfile).toContain('infra/docker/src/print-processing-packages.ts > /processing-packages.txt');
	expect(dockerfile).toContain('--arg-file=/processing-packages.txt apt-get install');
});

test('an image contains neither secrets nor untracked files', () => {
	const ignored = readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8').split('\n');
	expect(ignored).toEqual(expect.arrayContaining(['.env', '.env.*', '.local', '.git', '**/node_modules']));
});
