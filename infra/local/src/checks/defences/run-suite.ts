import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { baseEnvironment } from '../../backing/base-environment.ts';
import { runProgram } from '../../stack/run-program.ts';
import { ownershipMark } from '../../supervisor/ownership.ts';
import type { Defence } from './defence.ts';

const TIMEOUT_MS = 180_000;
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
const reportSchema = z.object({ numPassedTests: z.int(), numFailedTests: z.int() });

export interface Surroundings {
	/** Of the services that run. */
	environment: Record<string, string>;
	/** Whose sweep ends what a test left running. */
	homeRoot: string;
	stop: AbortSignal;
}

export interface SuiteResult {
	passed: number;
	failed: number;
	output: string;
}

/** Runs the tests that miss the defence, in the tree. A suite that can't even be loaded has neither passed nor failed tests. */
export async function runSuite(
	root: string,
	{ suite, test }: Pick<Defence, 'suite' | 'test'>,
	{ environment, homeRoot, stop }: Surroundings,
): Promise<SuiteResult> {
	const directory = packageOf(suite);
	const results = mkdtempSync(join(tmpdir(), 'creatorr-defence-'));
	const report = join(results, 'report.json');
	try {
		const { output } = await runProgram(
			[
				...[process.execPath, '--experimental-vm-modules', '--no-warnings', JEST],
				...['--config', 'jest.config.mjs', '--runInBand', '--forceExit', '--json', `--outputFile=${report}`],
				...['--runTestsByPath', relative(directory, suite), '--testNamePattern', escapePattern(test)],
			],
			{
				cwd: join(root, directory),
				env: {
					...baseEnvironment(process.env),
					...environment,
					...ownershipMark(homeRoot),
					NODE_ENV: 'test',
				},
				stop,
				timeoutMs: TIMEOUT_MS,
			},
		);
		const { numPassedTests, numFailedTests } = readReport(report);
		return { passed: numPassedTests, failed: numFailedTests, output };
	} finally {
		rmSync(results, { recursive: true, force: true });
	}
}

/** `apps/files` of `apps/files/test/x.test.ts`. */
function packageOf(suite: string): string {
	const [group = '', name = ''] = suite.split('/');
	return ['apps', 'packages', 'infra'].includes(group) ? join(group, name) : dirname(suite);
}

function escapePattern(text: string): string {
	return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** A process that was killed, say by what nobody stopped any more, has no report. */
function readReport(path: string): z.infer<typeof reportSchema> {
	try {
		return reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch {
		return { numPassedTests: 0, numFailedTests: 0 };
	}
}
