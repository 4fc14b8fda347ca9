import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { TEXT } from '../files/media-types.ts';
import { withExtension } from '../files/output-name.ts';
import type { PageLimit } from '../limits/input-limits.ts';
import { secretParam } from '../params/secret-params.ts';
import { createScratch, removeScratch, type Scratch } from '../scratch/scratch.ts';
import { zipFile } from '../testing/zip-file.ts';
import { defineTool, type ExpectedTime, type ToolLimits } from '../tool/manifest.ts';
import type { PrewarmedCommand, Run, ToolContext, ToolInput } from '../tool/tool.ts';
import { ToolError } from '../tool/tool-error.ts';
import { failureReport } from './failure-report.ts';
import { runTool, type ToolRequest } from './run-tool.ts';

const manifest = defineTool({
	slug: 'test',
	title: 'Test',
	summary: 'Test',
	accepts: [TEXT],
	params: z.strictObject({
		word: z.string().default('done').meta({ description: 'a word' }),
		password: secretParam('a password'),
	}),
	limits: {
		maxInputBytes: 100,
		deadline: { baseMs: 1500, perMiBMs: 0, capMs: 1500 },
		memoryBytes: 1024 ** 3,
		maxFileBytes: 1024 ** 2,
		maxProcesses: 16,
	},
	programs: [],
	outputName: (name) => withExtension(name, '.out'),
	outputMimeType: () => TEXT,
});

let root: string;
let scratch: Scratch;
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), 'run-tool-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	scratch = await createScratch(root);
});
afterEach(() => removeScratch(scratch));

interface Options {
	content?: string | Buffer;
	params?: unknown;
	pageLimit?: PageLimit;
	limits?: ToolLimits;
	sizeBytes?: number;
	signal?: AbortSignal;
	onProgress?: ToolRequest['onProgress'];
	prewarmed?: PrewarmedCommand;
	onFallback?: (cause: unknown) => void;
	expected?: ExpectedTime;
	onExpected?: (ms: number) => void;
}

async function runWith(run: Run<typeof manifest>, options: Options = {}) {
	const content = options.content ?? 'text';
	await writeFile(scratch.inputPath, content, { mode: 0o600 });
	return runTool(
		{
			manifest: {
				...manifest,
				limits: options.limits ?? manifest.limits,
				...(options.expected && { expected: options.expected }),
			},
			run,
			...(options.prewarmed && { prewarmed: options.prewarmed }),
		},
		{
			scratch,
			name: 'note.txt',
			mimeType: TEXT,
			sizeBytes: options.sizeBytes ?? content.length,
			params: options.params ?? {},
			pageLimit: options.pageLimit,
			signal: options.signal ?? new AbortController().signal,
			onProgress: options.onProgress ?? (() => {}),
			...(options.onFallback && { onFallback: options.onFallback }),
			...(options.onExpected && { onExpected: options.onExpected }),
		},
	);
}

type Params = { word: string; password: string | null };

/** A tool that runs a script in the sandbox and returns the file `out`. */
function script(text: string): Run<typeof manifest> {
	return async (input: ToolInput<Params>, context: ToolContext) => {
		await context.exec('bash', ['-c', text, 'bash', input.params.word], { readOnly: { in: input.path } });
		return { outputPath: join(context.scratchDir, 'out'), warnings: [], details: { made: true } };
	};
}

describe('runTool', () => {
	test('returns the output with its name, type, size and the tool’s own details', async () => {
		expect(await runWith(script('cat /input/in > out; echo $1 >> out'))).toEqual({
			outputPath: join(scratch.toolDir, 'out'),
			outputName: 'note.out',
			outputMimeType: TEXT,
			outputSizeBytes: 'textdone\n'.length,
			warnings: [],
			details: { made: true },
		});
	});

	test('accepts the input itself as the output', async () => {
		const result = await runWith(async (input) => ({ outputPath: input.path, warnings: [], details: {} }));
		expect(result.outputPath).toBe(scratch.inputPath);
	});

	test('throws limit_exceeded when the tool counts more pages than the plan allows', async () => {
		const run = (count: number): Run<typeof manifest> => {
			return async (input, context) => {
				context.checkPageLimit(count);
				return { outputPath: input.path, warnings: [], details: {} };
			};
		};
		const pageLimit = { pages: 3 };
		await expect(runWith(run(4), { pageLimit })).rejects.toMatchObject({ code: 'limit_exceeded' });
		await expect(runWith(run(3), { pageLimit })).resolves.toBeDefined();
		await expect(runWith(run(4))).resolves.toBeDefined();
	});

	test('refuses the output of a tool that never checked the page limit', async () => {
		const counted =
			(pages: number): Run<typeof manifest> =>
			async (input) => ({ outputPath: input.path, warnings: [], details: { pages } });
		const pageLimit = { pages: 3 };
		await expect(runWith(counted(4), { pageLimit })).rejects.toMatchObject({ code: 'limit_exceeded' });
		await expect(runWith(counted(3), { pageLimit })).resolves.toBeDefined();
	});

	test.each([
		['a link to a file of the host', 'ln -s /etc/hostname out'],
		['a directory', 'mkdir out'],
		['a path through a link', 'ln -s /etc dir; ln -s dir/hostname out'],
		['a pipe', 'mkfifo out'],
		['a hard link to another file', 'touch other; ln other out'],
	])('refuses as output %s', async (_, text) => {
		await expect(runWith(script(text))).rejects.toThrow('not a file of its own directory');
	});

	test('refuses an output outside of the tool’s directory', async () => {
		const outside = join(scratch.path, 'outside');
		await writeFile(outside, 'x');
		const run: Run<typeof manifest> = async () => ({ outputPath: outside, warnings: [], details: {} });
		await expect(runWith(run)).rejects.toThrow('not a file of its own directory');
	});

	test('refuses an empty output', async () => {
		await expect(runWith(script('touch out'))).rejects.toMatchObject({ code: 'tool_failed' });
	});

	test('refuses an input that is larger than the tool accepts', async () => {
		await expect(runWith(script('exit'), { sizeBytes: 101 })).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('refuses an input of a type that the tool does not accept', async () => {
		await expect(runWith(script('exit'), { content: '%PDF-1.4' })).rejects.toMatchObject({
			code: 'unsupported_input',
		});
	});

	test('throws internal for params that are no longer valid', async () => {
		await expect(runWith(script('exit'), { params: { old: 1 } })).rejects.toMatchObject({
			code: 'internal',
			message: expect.stringMatching(
				/^This tool has changed, and the job’s options are no longer valid\. Open the tool, check the options, and add the file again \(params\.old/,
			),
		});
	});

	test('extends the deadline for the pages that the tool has counted', async () => {
		const deadline = { ...manifest.limits.deadline, perPageMs: 20_000, capMs: 60_000 };
		const run: Run<typeof manifest> = async (input, context) => {
			context.checkPageLimit(3);
			await context.exec('sleep', ['3']);
			return { outputPath: input.path, warnings: [], details: {} };
		};
		await expect(runWith(run, { limits: { ...manifest.limits, deadline } })).resolves.toBeDefined();
	});

	test('reports the expected time for the pages that the tool works on', async () => {
		const reported: number[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			context.estimatePages(3);
			return { outputPath: input.path, warnings: [], details: {} };
		};
		const onExpected = (ms: number) => reported.push(ms);
		await runWith(run, { onExpected });
		await runWith(run, { onExpected, expected: { perMiBMs: 1, perPageMs: 2_000 } });
		await runWith(run, { onExpected, expected: { perMiBMs: 1024 ** 2 } });
		expect(reported).toEqual([0, 6_000, 'text'.length]);
	});

	test('ends a tool at its deadline', async () => {
		await expect(runWith(script('sleep 60'))).rejects.toMatchObject({ code: 'timeout' });
	});

	test('rejects with the reason of a cancellation', async () => {
		const controller = new AbortController();
		const reason = new Error('canceled by its owner');
		setTimeout(() => controller.abort(reason), 100);
		await expect(runWith(script('sleep 60'), { signal: controller.signal })).rejects.toBe(reason);
	});

	test('rejects with the reason of a cancellation during the identification of the input, without starting the tool', async () => {
		const entries = Array.from({ length: 19_990 }, (_, index) => [`word/${index}`, '']);
		const controller = new AbortController();
		const reason = new Error('canceled by its owner');
		const file = await open('/dev/null');
		const prototype: typeof file = Object.getPrototypeOf(file);
		await file.close();
		const readFromFile = prototype.read as (...args: unknown[]) => never;
		const read = jest.spyOn(prototype, 'read').mockImplementation(function (
			this: unknown,
			...args: unknown[]
		) {
			if (read.mock.calls.length === 5) controller.abort(reason);
			return Reflect.apply(readFromFile, this, args);
		});
		const run = jest.fn(script('exit'));
		const content = zipFile(Object.fromEntries(entries));
		await expect(runWith(run, { content, sizeBytes: 4, signal: controller.signal })).rejects.toBe(reason);
		expect(read).toHaveBeenCalledTimes(5);
		expect(run).not.toHaveBeenCalled();
		read.mockRestore();
	});

	test('rejects with the tool’s own error', async () => {
		const error = new ToolError('wrong_password', 'no');
		await expect(runWith(() => Promise.reject(error))).rejects.toBe(error);
	});

	test('reports a failed command as cause, without its arguments, secrets and paths of this machine', async () => {
		const run: Run<typeof manifest> = async (_, context) => {
			const text = 'echo printed; yes noise | head -c 9000 >&2; echo "$1 at $2" >&2; exit 7';
			const result = await context.exec('bash', ['-c', text, 'bash', 'open it', context.scratchDir]);
			throw new ToolError('tool_failed', 'no', { cause: failureReport(result) });
		};
		const error = await runWith(run, { params: { password: 'open it' } }).catch((caught: unknown) => caught);
		expect((error as Error).cause).toEqual({
			command: 'bash',
			exit_code: 7,
			signal: null,
			timed_out: false,
			stderr: expect.stringMatching(/^[\s\S]{1,2100}\[redacted\] at \[scratch\]\/scratch\s*$/),
		});
		expect(JSON.stringify((error as Error).cause)).not.toMatch(/printed|open it|head -c/);
	});

	test.each([
		['a ToolError', (cause: Error) => new ToolError('tool_failed', 'no', { cause })],
		['any other error', (cause: Error) => new TypeError('got open it', { cause })],
	])('redacts errors and keys in the causes of %s', async (_, errorFor) => {
		const root = Object.assign(new Error('open it fails'), {
			cause: { 'open it': ['open it'] },
			code: 'ENOENT',
		});
		const thrown = errorFor(new Error('with open it', { cause: root }));
		const run: Run<typeof manifest> = () => Promise.reject(thrown);
		const error = await runWith(run, { params: { password: 'open it' } }).catch((caught: unknown) => caught);
		expect(error).toBe(thrown);
		expect(thrown.cause).toMatchObject({
			message: 'with [redacted]',
			cause: { message: '[redacted] fails', code: 'ENOENT', cause: { '[redacted]': ['[redacted]'] } },
		});
		expect(JSON.stringify([thrown.message, thrown.stack, thrown.cause])).not.toContain('open it');
	});

	test('redacts causes that form a cycle', async () => {
		const circle = new Error('open it');
		circle.cause = circle;
		const run: Run<typeof manifest> = () => Promise.reject(circle);
		const failed = runWith(run, { params: { password: 'open it' } });
		await expect(failed).rejects.toMatchObject({ message: '[redacted]', cause: { message: '[redacted]' } });
	});

	test('reports how a prewarmed process without a response ended', async () => {
		const responses: unknown[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			responses.push(await context.request({ password: input.params.password }));
			return { outputPath: input.path, warnings: [], details: {} };
		};
		const text =
			'echo of another job >&2; sleep 0.2; echo \'{"ready":true}\'; read request; echo "got $request" >&2; kill -SEGV $$';
		const causes: unknown[] = [];
		await runWith(run, {
			params: { password: 'open it' },
			prewarmed: { command: 'bash', args: ['-c', text] },
			onFallback: (cause) => causes.push(cause),
		});
		expect(responses).toEqual([undefined]);
		expect(causes).toEqual([
			expect.objectContaining({
				command: 'bash',
				signal: 'SIGSEGV',
				stderr: 'got {"password":"[redacted]"}\n',
			}),
		]);
	});

	test('reports progress in whole percents that only grow and stay below 100', async () => {
		const seen: number[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			for (const done of [0, 1, 1, 3, 2, 4]) context.progress(done, 4);
			context.progress(0.5);
			context.progress(Number.NaN);
			return { outputPath: input.path, warnings: [], details: {} };
		};
		await runWith(run, { onProgress: (percent) => seen.push(percent) });
		expect(seen).toEqual([25, 75, 99]);
	});

	test('reports the page beside the percent', async () => {
		const seen: unknown[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			context.progress(1, 2, { page: 2, pages: 2 });
			return { outputPath: input.path, warnings: [], details: {} };
		};
		await runWith(run, { onProgress: (...report) => seen.push(report) });
		expect(seen).toEqual([[50, { page: 2, pages: 2 }]]);
	});

	test('makes the input readable for the sandbox and writable for nobody', async () => {
		await runWith(script('echo x > out'));
		expect((await stat(scratch.inputPath)).mode & 0o777).toBe(0o444);
	});
});
