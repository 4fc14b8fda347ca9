/** @slice 5 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, Tool, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { describe, expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';
import { photoPdf } from './fixtures/documents.ts';
import { compress, meanLevelDifference, registerPdf } from './fixtures/generated-pdfs.ts';
import { PROGRAM } from './optimizer.ts';

jest.setTimeout(120_000);

/** Returns the tool with an optimizer that is killed by a signal this many times after it wrote to stderr. */
function dying(times: number, causes: unknown[]) {
	let left = times;
	const die = (context: ToolContext): Promise<CommandResult> =>
		context.exec('bash', ['-c', 'echo "it broke" >&2; kill -SEGV $$']);
	return (tool: Tool): Tool => ({
		...tool,
		run: (input, context) =>
			tool.run(input, {
				...context,
				request: async () => undefined,
				exec: (command, args, options) =>
					command === 'python3' && left-- > 0 ? die(context) : context.exec(command, args, options),
				fallbackUsed: (cause) => causes.push(cause),
			}),
	});
}

const OPTIMIZER_FAILED = expect.stringMatching(/^optimizer_failed: /);
const DEATH = { command: 'bash', signal: 'SIGSEGV', stderr: expect.stringContaining('it broke') };

describe('compress_heavy, when the optimizer crashes on a PDF,', () => {
	test('compresses it losslessly, with a warning and a logged cause', async () => {
		const causes: unknown[] = [];
		const original = photoPdf(1, 600);
		const { output, warnings, details } = await compress(original, {}, { adapt: dying(1, causes) });
		expect(details.method).toBe('lossless');
		expect(output.length).toBeLessThan(original.length);
		expect(await meanLevelDifference(original, output)).toBe(0);
		expect(warnings).toEqual([OPTIMIZER_FAILED]);
		expect(causes).toEqual([expect.objectContaining(DEATH)]);
	});

	test('returns the original if the lossless run crashes as well', async () => {
		const causes: unknown[] = [];
		const original = photoPdf(1, 600);
		const { output, warnings, details } = await compress(original, {}, { adapt: dying(2, causes) });
		expect(output.equals(original)).toBe(true);
		expect(warnings).toEqual([expect.stringMatching(/^unchanged: /), OPTIMIZER_FAILED]);
		expect(details).toEqual({ method: 'original', pages: 1 });
		expect(causes).toHaveLength(2);
	});

	test('returns the original of a PDF with a password, still locked', async () => {
		const lock = ['--encrypt', 'open it', 'owner', '256', '--', '{in}', '{out}'];
		const original = await transform(photoPdf(1, 600), 'qpdf', lock);
		const options = { adapt: dying(3, []) };
		const adapt = (tool: Tool): Tool => ({
			...tool,
			run: (input, context) => {
				let isFirst = true;
				const request: ToolContext['request'] = async () => {
					const response = isFirst ? { refused: 'protected', cause: 'invalid password' } : undefined;
					isFirst = false;
					return response;
				};
				return options
					.adapt({ ...tool, run: (one, inner) => tool.run(one, { ...inner, request }) })
					.run(input, context);
			},
		});
		const { output, warnings } = await compress(original, { password: 'open it' }, { adapt });
		expect(output.equals(original)).toBe(true);
		expect(warnings).toContainEqual(OPTIMIZER_FAILED);
	});

	test('reports a file that is no PDF as corrupt', async () => {
		const options = { adapt: dying(9, []) };
		await expect(compress(Buffer.from('%PDF-1.4\nno PDF'), {}, options)).rejects.toMatchObject({
			code: 'corrupt_input',
		});
	});

	test('writes through no link that a crashed process left', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'outside-'));
		const target = join(directory, 'target');
		try {
			const text = `ln -s ${target} /scratch/request.json; echo '{"ready":true}'`;
			const adapt = (tool: Tool): Tool => ({
				...tool,
				prewarmed: { command: 'bash', args: ['-c', text] },
			});
			await expect(compress(photoPdf(1, 300), {}, { adapt })).resolves.toBeDefined();
			expect(existsSync(target)).toBe(false);
		} finally {
			await rm(directory, { recursive: true });
		}
	});
});

describe('the optimizer process', () => {
	/** Runs the optimizer after this Python code, with an open stdin as in a worker. */
	async function runAfter(code: string, task: string) {
		const main = `import runpy, sys\n${code}\nsys.argv = ["", "${task}"]\nrunpy.run_path("${PROGRAM.optimizer}", run_name="__main__")`;
		const child = spawn('/usr/bin/python3', ['-c', main], { timeout: 60_000, killSignal: 'SIGKILL' });
		const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
		return { exitCode, stderr };
	}

	test('exits with "out of memory" when the traceback needs more memory than there is, whatever its threads wait for', async () => {
		const code = `
import threading, traceback
def fails(*args, **options):
    raise MemoryError
traceback.print_exc = traceback.print_exception = fails
threading.Thread(target=threading.Event().wait).start()`;
		const { exitCode, stderr } = await runAfter(code, '/missing.json');
		expect(exitCode).toBe(1);
		expect(stderr).toContain('out of memory');
	});

	test('exits when a thread of its process pool dies', async () => {
		const code = `
import concurrent.futures.process
def dies(self):
    raise RuntimeError("can't start new thread")
concurrent.futures.process._ExecutorManagerThread.run = dies`;
		const { exitCode, stderr } = await runAfter(code, 'serve');
		expect(exitCode).toBe(1);
		expect(stderr).toContain("can't start new thread");
	});
});

test('the optimizer ends its process pool when the worker that reads its output has ended', async () => {
	const child = spawn('/usr/bin/python3', ['-I', PROGRAM.optimizer, 'serve'], { detached: true });
	for (const stream of [child.stdout, child.stderr]) stream.destroy();
	await once(child, 'exit');
	const group = -(child.pid ?? 0);
	try {
		// Killed processes may take a moment.
		for (const untilMs = performance.now() + 10_000; isRunning(group) && performance.now() < untilMs; )
			await sleep(20);
		expect(isRunning(group)).toBe(false);
	} finally {
		if (isRunning(group)) process.kill(group, 'SIGKILL');
	}
});

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

describe('compress_heavy compresses', () => {
	const drawing = registerPdf('content_array');
	const broken = (pdf: Buffer) =>
		Buffer.from(pdf.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1');

	test.each([
		['', (pdf: Buffer) => pdf, []],
		[', also in a file to be repaired', broken, [expect.stringMatching(/^repaired: /)]],
	] as const)('a page whose content is an array of one stream%s', async (_, change, expectedWarnings) => {
		const original = change(drawing());
		const { output, warnings, details } = await compress(original);
		expect(warnings).toEqual(expectedWarnings);
		expect(details.method).toBe('optimized');
		expect(output.length).toBeLessThan(original.length / 4);
		expect(await meanLevelDifference(original, output)).toBeLessThan(6);
	});
});
