import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { runProgram } from '../stack/run-program.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { Check } from './check.ts';
import { countJest } from './jest-result.ts';

/** A suite hangs when it takes longer, on a machine that is busy with other things too. */
const TIMEOUT_MS = 1_200_000;
const END_TIMEOUT_MS = 10_000;
const HANGING_CHECK_MS = 500;
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');

/** The directories, relative to the repository, of the workspace's packages that have tests; those of qa that need a product run apart. */
export function testedPackages(): string[] {
	const directories = globSync(['{apps,packages,infra}/*/package.json', 'qa/package.json'], {
		cwd: REPOSITORY,
	}).map((path) => join(path, '..'));
	return directories.filter((directory) => hasTests(directory)).sort();
}

function hasTests(directory: string): boolean {
	const patterns = ['{src,test,bench,hostile,mutations}/**/*.test.ts'];
	return globSync(patterns, { cwd: join(REPOSITORY, directory) }).length > 0;
}

/**
 * The tests of one package, on the services that `environment` names.
 * @param homeRoot whose sweep ends what a test left running
 * @param options.config of Jest, where a package has more than one
 * @param options.workers that run files beside each other, where these leave each other alone
 */
export function jestCheck(
	directory: string,
	environment: Record<string, string>,
	homeRoot: string,
	{ config = 'jest.config.mjs', workers = 1 }: { config?: string; workers?: number } = {},
): Check {
	return {
		name: directory,
		run: async (stop) => {
			const results = mkdtempSync(join(tmpdir(), 'creatorr-jest-'));
			const report = join(results, 'report.json');
			const hanging = watchForHanging(report);
			try {
				const { exitCode, output } = await runProgram(
					[
						...[process.execPath, '--experimental-vm-modules', '--no-warnings', JEST],
						...['--config', config, '--json', `--outputFile=${report}`],
						workers === 1 ? '--runInBand' : `--maxWorkers=${workers}`,
					],
					{
						cwd: join(REPOSITORY, directory),
						env: {
							...baseEnvironment(process.env),
							...environment,
							...ownershipMark(homeRoot),
							NODE_ENV: 'test',
						},
						stop: AbortSignal.any([stop, hanging.signal]),
						timeoutMs: TIMEOUT_MS,
					},
				);
				return countJest(readReport(report), exitCode, output);
			} finally {
				hanging.end();
				rmSync(results, { recursive: true, force: true });
			}
		},
	};
}

/** Jest writes its report and ends, unless a test left something open: then it would wait for that for ever. */
function watchForHanging(report: string): { signal: AbortSignal; end: () => void } {
	const hanging = new AbortController();
	let checksAfterReport = 0;
	const timer = setInterval(() => {
		if (existsSync(report)) checksAfterReport += 1;
		if (checksAfterReport > END_TIMEOUT_MS / HANGING_CHECK_MS) hanging.abort();
	}, HANGING_CHECK_MS);
	return { signal: hanging.signal, end: () => clearInterval(timer) };
}

function readReport(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		// Jest ended before it had anything to report; its output says why
		return undefined;
	}
}
