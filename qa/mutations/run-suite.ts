import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const TIMEOUT_MS = 300_000;
const LAST_OUTPUT_MS = 2_000;
/** Part of the failure of a test that never began, because a hook before it failed: {@link ENVIRONMENT} adds it. */
export const NOT_STARTED = 'The test did not start: a hook before it failed.';
const ENVIRONMENT = join(import.meta.dirname, 'jest-environment.mjs');
const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');

/** The tests that ran. A suite that can't even be loaded has none, and the output says why. */
export interface SuiteResult {
	tests: {
		name: string;
		passed: boolean;
		/** False when a hook before the test failed, such as one that starts the service. */
		isStarted: boolean;
	}[];
	output: string;
}

const reportSchema = z.object({
	testResults: z.array(
		z.object({
			assertionResults: z.array(
				z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
			),
		}),
	),
});

/** Runs the tests of a suite in `root`, a copy of the repository, that have one of these texts in their title. */
export async function runSuite(
	root: string,
	{ suite, tests }: { suite: string; tests: readonly string[] },
	stop: AbortSignal,
): Promise<SuiteResult> {
	const directory = suite.split('/').slice(0, 2).join('/');
	const results = mkdtempSync(join(tmpdir(), 'creatorr-mutant-'));
	const report = join(results, 'report.json');
	try {
		const output = await runJest(
			[
				...['--config', 'jest.config.mjs', `--env=${ENVIRONMENT}`, '--runInBand', '--forceExit'],
				...['--json', `--outputFile=${report}`, '--runTestsByPath', relative(directory, suite)],
				...['--testNamePattern', tests.map(patternOf).join('|')],
			],
			{ cwd: join(root, directory), stop },
		);
		return { tests: readReport(report), output };
	} finally {
		rmSync(results, { recursive: true, force: true });
	}
}

/** Matches what jest makes of a title: `%s` stands for a value of `test.each`. */
export function patternOf(title: string): string {
	return title.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll('%s', '.*');
}

async function runJest(
	args: readonly string[],
	{ cwd, stop }: { cwd: string; stop: AbortSignal },
): Promise<string> {
	const child = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', JEST, ...args], {
		cwd,
		env: { ...process.env, NODE_ENV: 'test' },
		// A group of its own, which is killed with whatever the tests have started.
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const over = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
	const kill = () => killGroup(child.pid);
	over.addEventListener('abort', kill);
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
		});
	const closed = once(child, 'close');
	await once(child, 'exit');
	kill();
	// Processes that a test left behind may keep the output open.
	await Promise.race([closed, sleep(LAST_OUTPUT_MS, undefined, { ref: false })]);
	return over.aborted ? `${output}\nkilled after at most ${TIMEOUT_MS / 1000} s` : output;
}

function killGroup(pid: number | undefined): void {
	try {
		if (pid !== undefined) process.kill(-pid, 'SIGKILL');
	} catch {
		// nothing of it is left
	}
}

/** A process that was killed has no report. */
function readReport(path: string): SuiteResult['tests'] {
	try {
		const { testResults } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
		return testResults
			.flatMap(({ assertionResults }) => assertionResults)
			.filter(({ status }) => status === 'passed' || status === 'failed')
			.map(({ fullName, status, failureMessages }) => ({
				name: fullName,
				passed: status === 'passed',
				isStarted: !failureMessages.some((message) => message.includes(NOT_STARTED)),
			}));
	} catch {
		return [];
	}
}
