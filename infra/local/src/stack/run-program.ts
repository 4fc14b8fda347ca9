import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { programEnvironment } from '../backing/base-environment.ts';
import { REPOSITORY } from '../settings/settings.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { killGroup, spawnBound } from '../supervisor/ownership.ts';

/** A task hangs when it takes longer, on a busy machine too. */
const TASK_TIMEOUT_MS = 600_000;

/** Where the build of the web app is, for the gateways to serve. */
export const WEB_DIR = join(REPOSITORY, 'apps', 'web', 'dist');

export type ProgramResult = { exitCode: number; output: string };

/**
 * Runs a program to its end and keeps what it wrote. When `stop` aborts, or after `timeoutMs`, it is killed with
 * everything it started; the kernel does the same when we are killed ourselves.
 */
export async function runProgram(
	command: string[],
	{
		cwd = REPOSITORY,
		env,
		stop,
		timeoutMs,
	}: { cwd?: string; env: Record<string, string>; stop: AbortSignal; timeoutMs: number },
): Promise<ProgramResult> {
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

/** Runs a program of the repository on the person's terminal, with the person's arguments unless others are given; returns its exit code. */
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

/** Runs a task of all packages that have it; turbo skips those of which nothing has changed. */
async function runTask(task: string, failure: string, homeRoot: string, stop: AbortSignal): Promise<void> {
	const turbo = join(REPOSITORY, 'node_modules', '.bin', 'turbo');
	const { exitCode, output } = await runProgram([turbo, 'run', task, '--output-logs=errors-only'], {
		env: programEnvironment(homeRoot, {
			TURBO_TELEMETRY_DISABLED: '1',
			// generating needs no schema engine, which Prisma would download
			PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
		}),
		stop,
		timeoutMs: TASK_TIMEOUT_MS,
	});
	if (exitCode !== 0 && !stop.aborted) throw new CommandError(`${failure}:\n${output}`);
}

/**
 * Generates the database clients from each service's schema, and the types of the API from its description.
 * @throws CommandError with the generator's output
 */
export function generateCode(homeRoot: string, stop: AbortSignal): Promise<void> {
	return runTask('generate', 'Can’t generate code', homeRoot, stop);
}

/**
 * Builds what browsers load.
 * @throws CommandError with the bundler's output
 */
export function buildWeb(homeRoot: string, stop: AbortSignal): Promise<void> {
	return runTask('build', 'Can’t build the web app', homeRoot, stop);
}
