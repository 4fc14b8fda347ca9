import { execFile } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

const VERSIONS = {
	gs: ['--version'],
	qpdf: ['--version'],
	mutool: ['-v'],
	ocrmypdf: ['--version'],
	tesseract: ['--version'],
	soffice: ['--version'],
	git: ['rev-parse', 'HEAD'],
} as const;

/** What the figures were measured on and with. */
export async function describeMachine() {
	const versions = Object.entries(VERSIONS).map(async ([program, args]) => [
		program,
		await firstLine(program, args),
	]);
	return {
		at: new Date().toISOString(),
		processor: cpus()[0]?.model,
		cores: availableParallelism(),
		memory_bytes: totalmem(),
		kernel: `${type()} ${release()}`,
		// others at work make every time longer
		load_at_start: loadavg()[0] ?? 0,
		node: process.version,
		versions: Object.fromEntries(await Promise.all(versions)),
	};
}

async function firstLine(program: string, args: readonly string[]): Promise<string | undefined> {
	try {
		const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: import.meta.dirname });
		return (stdout || stderr).split('\n')[0];
	} catch {
		return undefined;
	}
}
