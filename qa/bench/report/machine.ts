import { execFile } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

const VERSION_COMMANDS = {
	gs: ['--version'],
	qpdf: ['--version'],
	mutool: ['-v'],
	ocrmypdf: ['--version'],
	tesseract: ['--version'],
	soffice: ['--version'],
	git: ['rev-parse', 'HEAD'],
};

/** Describes what the figures were measured on and with. */
export async function describeMachine() {
	const versions = Object.entries(VERSION_COMMANDS).map(async ([program, args]) => {
		const run = promisify(execFile)(program, args, { cwd: import.meta.dirname });
		const output = await run.catch(() => undefined);
		return [program, (output?.stdout || output?.stderr)?.split('\n')[0]];
	});
	return {
		at: new Date().toISOString(),
		processor: cpus()[0]?.model,
		cores: availableParallelism(),
		memory_bytes: totalmem(),
		kernel: `${type()} ${release()}`,
		load_at_start: loadavg()[0] ?? 0,
		node: process.version,
		versions: Object.fromEntries(await Promise.all(versions)),
	};
}
