import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundToUs } from '../supervisor/bound-to-us.ts';
import { REPOSITORY } from './settings.ts';

/** How long a process that was left behind may keep the output open. */
const LAST_OUTPUT_MS = 2_000;

export type ProgramResult = { exitCode: number; output: string };

/**
 * Runs a program to its end and keeps what it wrote. When `stop` aborts, or after `timeoutMs`, it is killed with
 * everything it started; the kernel does the same when we are killed ourselves.
 */
export function runProgram(
	command: string[],
	{
		cwd = REPOSITORY,
		env,
		stop,
		timeoutMs,
	}: { cwd?: string; env: Record<string, string>; stop: AbortSignal; timeoutMs: number },
): Promise<ProgramResult> {
	const [program = '', ...args] = boundToUs(command);
	const child = spawn(program, args, {
		cwd,
		env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const over = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
	const kill = (): void => {
		if (child.pid !== undefined) killGroup(child.pid);
	};
	over.addEventListener('abort', kill, { once: true });
	if (over.aborted) kill();
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
		});
	}
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code, signal) => {
			over.removeEventListener('abort', kill);
			kill();
			if (signal !== null)
				output += stop.aborted
					? 'interrupted\n'
					: `killed by ${signal}, after at most ${timeoutMs / 1000} s\n`;
			const closed = new Promise((done) => child.once('close', done));
			void Promise.race([closed, sleep(LAST_OUTPUT_MS)]).then(() => resolve({ exitCode: code ?? 1, output }));
		});
	});
}

function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// nothing of it is left
	}
}
