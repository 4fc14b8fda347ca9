import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { baseEnvironment } from '../../backing/base-environment.ts';
import { runProgram } from '../../stack/run-program.ts';
import { ownershipMark } from '../../supervisor/ownership.ts';

const TIMEOUT_MS = 300_000;
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');

export interface Surroundings {
	/** Of the services that run; empty where no suite needs any. */
	environment: Record<string, string>;
	/** Whose sweep ends what a test left running. */
	homeRoot: string;
	stop: AbortSignal;
}

/** The tests that ran. A suite that can't even be loaded has none, and the output says why. */
export interface SuiteResult {
	tests: { name: string; passed: boolean }[];
	output: string;
}

const reportSchema = z.object({
	testResults: z.array(
		z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) }),
	),
});

/** Runs those tests of a suite, in the tree, that have one of these texts in their name. */
export async function runSuite(
	root: string,
	{ suite, tests }: { suite: string; tests: readonly string[] },
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
				...['--runTestsByPath', relative(directory, suite)],
				...['--testNamePattern', tests.map(escapePattern).join('|')],
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
		return { tests: readReport(report), output };
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
function readReport(path: string): SuiteResult['tests'] {
	try {
		const { testResults } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
		return testResults
			.flatMap(({ assertionResults }) => assertionResults)
			.filter(({ status }) => status === 'passed' || status === 'failed')
			.map(({ fullName, status }) => ({ name: fullName, passed: status === 'passed' }));
	} catch {
		return [];
	}
}
