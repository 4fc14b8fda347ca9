import { execFile } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

const PROGRAMS = ['gs', 'qpdf', 'ocrmypdf', 'tesseract', 'soffice'];

/** Returns the first line of what a command prints; undefined where it can't run. */
async function firstLine(program: string, ...args: string[]): Promise<string | undefined> {
	const run = promisify(execFile)(program, args, { cwd: import.meta.dirname });
	return (await run.catch(() => undefined))?.stdout.split('\n')[0];
}

export async function describeMachine() {
	const versions = PROGRAMS.map(async (program) => [program, await firstLine(program, '--version')]);
	return {
		at: new Date().toISOString(),
		processor: cpus()[0]?.model,
		cores: availableParallelism(),
		memory_bytes: totalmem(),
		kernel: `${type()} ${release()}`,
		load_at_start: loadavg()[0] ?? 0,
		node: process.version,
		commit: await firstLine('git', 'rev-parse', 'HEAD'),
		versions: Object.fromEntries(await Promise.all(versions)),
	};
}
