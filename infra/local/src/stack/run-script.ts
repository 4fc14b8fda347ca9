import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program of the repository on the person's terminal, with the person's arguments unless others are given; answers its exit code. */
export async function runScript(
	path: string,
	{
		stop,
		env = process.env,
		args = process.argv.slice(2),
	}: { stop: AbortSignal; env?: NodeJS.ProcessEnv; args?: string[] },
): Promise<number> {
	const child = spawn(process.execPath, ['--no-warnings', path, ...args], {
		stdio: 'inherit',
		env,
	});
	const end = () => child.kill('SIGTERM');
	stop.addEventListener('abort', end);
	if (stop.aborted) end();
	const [code] = await once(child, 'exit');
	return code ?? 1;
}
