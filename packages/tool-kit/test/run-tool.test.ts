import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { missingBinaries } from '../src/binaries.ts';
import { failureReport } from '../src/failure-report.ts';
import { defineTool, type ExpectedTime, type ToolLimits } from '../src/manifest.ts';
import { TEXT } from '../src/media-types.ts';
import { withExtension } from '../src/output-name.ts';
import type { PageLimit } from '../src/page-limit.ts';
import { secretParam } from '../src/params.ts';
import type { Run, ToolContext, ToolInput } from '../src/run.ts';
import { runTool } from '../src/run-tool.ts';
import { createScratch, removeScratch, type Scratch } from '../src/scratch.ts';
import type { StandbyCommand } from '../src/standby.ts';
import { ToolError } from '../src/tool-error.ts';

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
	binaries: ['bash'],
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
	content?: string;
	params?: unknown;
	pageLimit?: PageLimit;
	limits?: ToolLimits;
	sizeBytes?: number;
	signal?: AbortSignal;
	onProgress?: (percent: number) => void;
	standby?: StandbyCommand;
	onRecovered?: (cause: unknown) => void;
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
			...(options.standby && { standby: options.standby }),
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
			...(options.onRecovered && { onRecovered: options.onRecovered }),
			...(options.onExpected && { onExpected: options.onExpected }),
		},
	);
}

type Params = { word: string; password: string | null };

/** A tool that runs a script in the sandbox and gives back the file `out` that it made. */
function script(text: string): Run<typeof manifest> {
	return async (input: ToolInput<Params>, context: ToolContext) => {
		await context.exec('bash', ['-c', text, 'bash', input.params.word], { readOnly: { in: input.path } });
		return { outputPath: join(context.scratchDir, 'out'), warnings: [], details: { made: true } };
	};
}

describe('runTool', () => {
	test('hands back the output with its name, type, size and the tool’s own details', async () => {
		expect(await runWith(script('cat /input/in > out; echo $1 >> out'))).toEqual({
			outputPath: join(scratch.toolDir, 'out'),
			outputName: 'note.out',
			outputMimeType: TEXT,
			outputSizeBytes: 'textdone\n'.length,
			warnings: [],
			details: { made: true },
		});
	});

	test('takes the input itself for an answer', async () => {
		const result = await runWith(async (input) => ({ outputPath: input.path, warnings: [], details: {} }));
		expect(result.outputPath).toBe(scratch.inputPath);
	});

	test('ends where the tool counts more pages than the plan takes', async () => {
		const run = (count: number): Run<typeof manifest> => {
			return async (input, context) => {
				context.requirePages(count);
				return { outputPath: input.path, warnings: [], details: {} };
			};
		};
		const pageLimit = { pages: 3 };
		await expect(runWith(run(4), { pageLimit })).rejects.toMatchObject({ code: 'limit_exceeded' });
		await expect(runWith(run(3), { pageLimit })).resolves.toBeDefined();
		await expect(runWith(run(4))).resolves.toBeDefined();
	});

	test.each([
		['a link to a file of the host', 'ln -s /etc/hostname out'],
		['a directory', 'mkdir out'],
		['a path through a link', 'ln -s /etc dir; ln -s dir/hostname out'],
		['a pipe', 'mkfifo out'],
		['a second name of another file', 'touch other; ln other out'],
	])('hands out no %s', async (_, text) => {
		await expect(runWith(script(text))).rejects.toThrow('not a file of its own directory');
	});

	test('hands out nothing from beside the tool’s own directory', async () => {
		const outside = join(scratch.path, 'outside');
		await writeFile(outside, 'x');
		const run: Run<typeof manifest> = async () => ({ outputPath: outside, warnings: [], details: {} });
		await expect(runWith(run)).rejects.toThrow('not a file of its own directory');
	});

	test('refuses an empty output', async () => {
		await expect(runWith(script('touch out'))).rejects.toMatchObject({ code: 'tool_failed' });
	});

	test('refuses an input larger than the tool takes', async () => {
		await expect(runWith(script('exit'), { sizeBytes: 101 })).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('refuses an input that is not what the tool accepts', async () => {
		await expect(runWith(script('exit'), { content: '%PDF-1.4' })).rejects.toMatchObject({
			code: 'unsupported_input',
		});
	});

	test('takes params that are no longer valid for a fault of ours', async () => {
		await expect(runWith(script('exit'), { params: { old: 1 } })).rejects.toMatchObject({
			code: 'internal',
			message: expect.stringMatching(/^The job's settings are no longer valid\. Create the job again\. \(/),
		});
	});

	test('gives a tool the time that the pages take which it has counted', async () => {
		const deadline = { ...manifest.limits.deadline, perPageMs: 20_000, capMs: 60_000 };
		const run: Run<typeof manifest> = async (input, context) => {
			context.requirePages(3);
			await context.exec('sleep', ['3']);
			return { outputPath: input.path, warnings: [], details: {} };
		};
		await expect(runWith(run, { limits: { ...manifest.limits, deadline } })).resolves.toBeDefined();
	});

	test('tells how long a tool is expected to take on the pages that it has counted', async () => {
		const told: number[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			context.expectPages(3);
			return { outputPath: input.path, warnings: [], details: {} };
		};
		const onExpected = (ms: number) => told.push(ms);
		await runWith(run, { onExpected });
		await runWith(run, { onExpected, expected: { perMiBMs: 1, perPageMs: 2_000 } });
		await runWith(run, { onExpected, expected: { perMiBMs: 1024 ** 2 } });
		expect(told).toEqual([0, 6_000, 'text'.length]);
	});

	test('ends a tool at its deadline', async () => {
		await expect(runWith(script('sleep 60'))).rejects.toMatchObject({ code: 'timeout' });
	});

	test('throws the reason of a cancellation as it is', async () => {
		const controller = new AbortController();
		const reason = new Error('canceled by its owner');
		setTimeout(() => controller.abort(reason), 100);
		await expect(runWith(script('sleep 60'), { signal: controller.signal })).rejects.toBe(reason);
	});

	test('passes a tool’s own error on', async () => {
		const error = new ToolError('wrong_password', 'no');
		await expect(runWith(() => Promise.reject(error))).rejects.toBe(error);
	});

	test('gives the log how a command failed, without its arguments, secrets and paths of this machine', async () => {
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
	])('redacts the errors and keys that caused %s', async (_, errorFor) => {
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

	test('redacts causes that lead back to themselves', async () => {
		const circle = new Error('open it');
		circle.cause = circle;
		const run: Run<typeof manifest> = () => Promise.reject(circle);
		const failed = runWith(run, { params: { password: 'open it' } });
		await expect(failed).rejects.toMatchObject({ message: '[redacted]', cause: { message: '[redacted]' } });
	});

	test('gives the log how a process ended that was to answer', async () => {
		const answers: unknown[] = [];
		const run: Run<typeof manifest> = async (input, context) => {
			answers.push(await context.ask({ password: input.params.password }));
			return { outputPath: input.path, warnings: [], details: {} };
		};
		const text =
			'echo of another job >&2; sleep 0.2; echo \'{"ready":true}\'; read request; echo "got $request" >&2; kill -SEGV $$';
		const causes: unknown[] = [];
		await runWith(run, {
			params: { password: 'open it' },
			standby: { command: 'bash', args: ['-c', text] },
			onRecovered: (cause) => causes.push(cause),
		});
		expect(answers).toEqual([undefined]);
		expect(causes).toEqual([
			expect.objectContaining({
				command: 'bash',
				signal: 'SIGSEGV',
				stderr: 'got {"password":"[redacted]"}\n',
			}),
		]);
	});

	test('reports progress in whole percents that only grow and end below 100', async () => {
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

	test('leaves the input readable for the sandbox and writable for nobody', async () => {
		await runWith(script('echo x > out'));
		expect((await stat(scratch.inputPath)).mode & 0o777).toBe(0o444);
	});
});

test('missingBinaries names those that are not installed', async () => {
	expect(await missingBinaries(['bash', 'no-such-binary'])).toEqual(['no-such-binary']);
});
