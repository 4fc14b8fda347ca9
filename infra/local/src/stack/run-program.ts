import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { programEnvironment } from '../backing/base-environment.ts';
import { REPOSITORY } from '../settings/settings.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { killGroup, spawnBound } from '../supervisor/ownership.ts';

/** A task that takes longer hangs, even on a busy machine. */
const TASK_TIMEOUT_MS = 600_000;

/** Directory of the built web app, which the gateways serve. */
export const WEB_DIR = join(REPOSITORY, 'apps', 'web', 'dist');

/**
 * Runs a program to its end and returns its output. Kills it with everything it started when `stop` aborts, or after `timeoutMs`. The
 * kernel does the same if this process is killed.
 */
export async function runProgram(
	command: string[],
	{
		cwd = REPOSITORY,
		env,
		stop,
		timeoutMs,
	}: { cwd?: string; env: Record<string, string>; stop: AbortSignal; timeoutMs: number },
) {
	const { child, ended } = spawnBound(command, { cwd, env });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
		});
	}
	const stopped = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
	const kill = () => killGroup(child);
	stopped.addEventListener('abort', kill, { once: true });
	if (stopped.aborted) kill();
	const failed = once(child, 'error').then(([error]) => Promise.reject(error));
	const { code, signal } = await Promise.race([ended, failed]);
	stopped.removeEventListener('abort', kill);
	if (signal !== null)
		output += stop.aborted ? 'interrupted\n' : `killed by ${signal}, after at most ${timeoutMs / 1000} s\n`;
	return { exitCode: code ?? 1, output };
}

/** Runs a program of the repository in this terminal, by default with the arguments of this process. Returns its exit code. */
export async function runScript(
	path: string,
	{
		stop,
		env = process.env,
		args = process.argv.slice(2),
	}: { stop: AbortSignal; env?: NodeJS.ProcessEnv; args?: string[] },
): Promise<number> {
	const child = spawn(process.execPath, ['--no-warnings', path, ...args], { stdio: 'inherit', env });
	const end = () => child.kill('SIGTERM');
	stop.addEventListener('abort', end);
	if (stop.aborted) end();
	const [code] = await once(child, 'exit');
	return code ?? 1;
}

const FAILURES = { generate: 'Can’t generate code', build: 'Can’t build the web app' };

/**
 * Runs a turbo task in all packages that have it, and skips packages without changes: `generate` makes the database clients and the
 * types of the API, `build` what browsers load.
 * @throws CommandError with the output of the task
 */
export async function runTask(
	task: keyof typeof FAILURES,
	homeRoot: string,
	stop: AbortSignal,
): Promise<void> {
	const turbo = join(REPOSITORY, 'node_modules', '.bin', 'turbo');
	const { exitCode, output } = await runProgram([turbo, 'run', task, '--output-logs=errors-only'], {
		env: programEnvironment(homeRoot, {
			TURBO_TELEMETRY_DISABLED: '1',
			// keeps Prisma from downloading its schema engine, which is not needed to generate code
			PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
		}),
		stop,
		timeoutMs: TASK_TIMEOUT_MS,
	});
	if (exitCode !== 0 && !stop.aborted) throw new CommandError(`${FAILURES[task]}:\n${output}`);
}
