import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { killGroup, spawnBound } from '../supervisor/ownership.ts';
import { REPOSITORY } from './settings.ts';

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
	const over = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
	const kill = () => killGroup(child);
	over.addEventListener('abort', kill, { once: true });
	if (over.aborted) kill();
	const failed = once(child, 'error').then(([error]) => Promise.reject(error));
	const { code, signal } = await Promise.race([ended, failed]);
	over.removeEventListener('abort', kill);
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
