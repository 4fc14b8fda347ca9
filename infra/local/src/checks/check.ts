import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { programEnvironment } from '../backing/base-environment.ts';
import { REPOSITORY } from '../settings/settings.ts';
import { runProgram } from '../stack/run-program.ts';

/** A suite that takes longer hangs, even on a busy machine, on which tools run with a low priority. */
const JEST_TIMEOUT_MS = 1_500_000;
/** The same for a suite that runs every case. */
const FULL_JEST_TIMEOUT_MS = 3 * 3_600_000;
/** Jest needs about a second of CPU time to exit, which takes more than 10 s beside thirty busy processes. */
const END_TIMEOUT_MS = 60_000;
const HANGING_CHECK_MS = 500;
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
/** Jest loads the code of the product again for each test file: with V8's default, which starts at 1 MiB, it collects that garbage all the time. */
const YOUNG_GENERATION = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/** Result of a check: numbers of passed and failed tests, and the output that explains a failure. */
export type Outcome = { passed: number; failed: number; output: string };

export type Check = {
	name: string;
	run: (stop: AbortSignal) => Promise<Outcome>;
};

export type JestSuite = {
	/** The package's directory, relative to the repository. */
	directory: string;
	/** Jest's config file, for a package that has several; `jest.config.mjs` by default. */
	config?: string;
	/** How many processes run test files at the same time; 1 unless given. */
	workers?: number | undefined;
	/** The addresses of the services that the tests use. */
	environment: Record<string, string>;
};

/** Returns the check of a program that counts as one test: its exit code says whether it passed. */
export function programCheck(
	name: string,
	command: string[],
	options: { env: Record<string, string>; timeoutMs: number },
): Check {
	return {
		name,
		run: async (stop) => {
			const { exitCode, output } = await runProgram(command, { ...options, stop });
			const passed = exitCode === 0 ? 1 : 0;
			return { passed, failed: 1 - passed, output };
		},
	};
}

/** Runs a suite and counts its tests. Processes that a test leaves running end with the home. */
export async function runJest(
	homeRoot: string,
	{ directory, config = 'jest.config.mjs', workers = 1, environment }: JestSuite,
	stop: AbortSignal,
): Promise<Outcome> {
	const results = mkdtempSync(join(tmpdir(), 'creatorr-jest-'));
	const report = join(results, 'report.json');
	const hanging = watchForHanging(report);
	const command = [
		...[process.execPath, ...YOUNG_GENERATION, '--experimental-vm-modules', '--no-warnings', JEST],
		...['--config', config, '--json', `--outputFile=${report}`],
		workers === 1 ? '--runInBand' : `--maxWorkers=${workers}`,
	];
	try {
		const { exitCode, output } = await runProgram(command, {
			cwd: join(REPOSITORY, directory),
			env: programEnvironment(homeRoot, { ...environment, NODE_ENV: 'test' }),
			stop: AbortSignal.any([stop, hanging.signal]),
			timeoutMs: environment.TEST_SEED === undefined ? FULL_JEST_TIMEOUT_MS : JEST_TIMEOUT_MS,
		});
		return countJest(readReport(report), exitCode, output);
	} finally {
		hanging.end();
		rmSync(results, { recursive: true, force: true });
	}
}

/** Returns a signal that aborts if Jest has written its report and doesn't exit, because a test left a handle open. */
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

/** The fields of Jest's `--json` that are read here. */
const jestReport = z.object({
	numPassedTests: z.int(),
	numFailedTests: z.int(),
	/** Suites that broke before or between their tests: a syntax error, a failing import. */
	numRuntimeErrorTestSuites: z.int(),
});

/**
 * Counts a Jest run. A suite that could not run counts as a failure. So does a run without a failed test that crashed, leaked a
 * handle or ran no test at all.
 */
export function countJest(report: unknown, exitCode: number, output: string): Outcome {
	const parsed = jestReport.safeParse(report);
	if (!parsed.success) return { passed: 0, failed: 1, output };
	const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = parsed.data;
	const failed = numFailedTests + numRuntimeErrorTestSuites;
	const endedBadly = exitCode !== 0 || numPassedTests + failed === 0;
	return { passed: numPassedTests, failed: failed === 0 && endedBadly ? 1 : failed, output };
}
