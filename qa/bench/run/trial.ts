import { chmod, copyFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import { runTool } from '@creatorr/tool-kit/run/run-tool';
import { execSandboxed } from '@creatorr/tool-kit/sandbox/exec';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import { createScratch, removeScratch, type Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { Tool, ToolOutput } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { BenchError, log } from '../log.ts';
import { type Sample, SUCCEEDED } from '../samples/samples.ts';
import { scratchRoot } from './scratch.ts';

const GIB = 1024 ** 3;
/** Of plain commands, and their highest limits of any tool, so that none reaches one. */
const TIMEOUT_MS = 20 * 60_000;
const LIMITS = {
	memoryBytes: 8 * GIB,
	maxFileBytes: 8 * GIB,
	maxProcesses: 512,
	cpuSeconds: (2 * TIMEOUT_MS) / 1000,
};

export interface Trial<T> {
	/** From the input on disk to the output on disk. */
	seconds: number;
	/** `succeeded` or an error code. */
	outcome: string;
	message: string;
	/** What the tool reported besides its output. */
	details: Record<string, unknown>;
	/** What `inspect` found in the output; undefined where there is none. */
	found: T | undefined;
}

/** Reads an output before it is removed. */
export type Inspect<T> = (outputPath: string) => Promise<T>;

export function isSuccess({ outcome }: Trial<unknown>): boolean {
	return outcome === SUCCEEDED;
}

export function secondsSince(startedAt: number): number {
	return (performance.now() - startedAt) / 1000;
}

type Output = Pick<ToolOutput, 'outputPath' | 'details'>;

async function runTrial<T>(run: () => Promise<Output>, inspect: Inspect<T>): Promise<Trial<T>> {
	const startedAt = performance.now();
	let output: Output;
	try {
		output = await run();
	} catch (error) {
		// The worker reports every other error as a bug, too.
		const outcome = error instanceof ToolError ? error.code : 'internal';
		const seconds = secondsSince(startedAt);
		return { seconds, outcome, message: String(error), details: {}, found: undefined };
	}
	const seconds = secondsSince(startedAt);
	const found = await inspect(output.outputPath);
	return { seconds, outcome: SUCCEEDED, message: '', details: output.details, found };
}

export type ToolRunner = ReturnType<typeof startToolRunner>;

/**
 * Runs one of our tools as the worker does, with its prewarmed processes.
 * @param jobsPerProcess how many jobs a prewarmed process serves
 */
export function startToolRunner(tool: Tool, jobsPerProcess = 1) {
	const workspaces = createWorkspaces([tool], {
		scratchRoot: scratchRoot(),
		prewarmedPerTool: availableParallelism(),
		jobsPerProcess,
		onProblem: (problem, error) => log(`${tool.manifest.slug}: ${problem}: ${error}`),
	});
	const run = async <T>(sample: Sample, inspect: Inspect<T>): Promise<Trial<T>> => {
		const workspace = await workspaces.acquire(tool);
		try {
			await copyFile(sample.path, workspace.scratch.inputPath);
			const request = {
				...workspace,
				name: basename(sample.path),
				mimeType: sample.mimeType,
				sizeBytes: (await stat(sample.path)).size,
				params: sample.params,
				signal: new AbortController().signal,
				onProgress: () => {},
			};
			return await runTrial(() => runTool(tool, request), inspect);
		} finally {
			await workspaces.release(workspace);
		}
	};
	return {
		run,
		/** Resolves with the seconds of a run. Throws a BenchError when it fails. */
		async time(sample: Sample): Promise<number> {
			const trial = await run(sample, async () => {});
			if (isSuccess(trial)) return trial.seconds;
			throw new BenchError(`${sample.label} ended with ${trial.outcome}: ${trial.message}`);
		},
		stop: () => workspaces.stop(),
	};
}

/** Returns a command line as a person would type it. The command writes `out.pdf` to its working directory. */
export type PlainCommand = (input: string) => readonly string[];

/** soffice names its output after the input. */
const STEM = 'out';

/** Runs commands in the tools' sandbox, each in a scratch directory of its own, until one succeeds. Resolves with the last trial. */
export async function runPlain<T>(
	sample: Sample,
	commands: readonly PlainCommand[],
	inspect: Inspect<T>,
): Promise<Trial<T>> {
	let trial: Trial<T> | undefined;
	for (const command of commands) {
		const scratch = await createScratch(scratchRoot());
		try {
			await copyFile(sample.path, scratch.inputPath);
			await chmod(scratch.inputPath, 0o444);
			trial = await runTrial(() => execPlain(scratch, sample, command), inspect);
		} finally {
			await removeScratch(scratch);
		}
		if (isSuccess(trial)) break;
	}
	if (!trial) throw new Error('no command was given');
	return trial;
}

async function execPlain(scratch: Scratch, sample: Sample, plain: PlainCommand): Promise<Output> {
	const name = STEM + extname(sample.path).toLowerCase();
	const [command = '', ...args] = plain(inputPath(name));
	const readOnly = { [name]: scratch.inputPath };
	const { exitCode, stderrTail } = await execSandboxed({
		timeoutMs: TIMEOUT_MS,
		command,
		args,
		scratch,
		readOnly,
		limits: LIMITS,
	});
	const outputPath = join(scratch.toolDir, `${STEM}.pdf`);
	const stats = await stat(outputPath).catch(() => undefined);
	if (exitCode === 0 && stats && stats.size > 0) return { outputPath, details: {} };
	throw new ToolError('tool_failed', stderrTail.trim().split('\n').at(-1) ?? '');
}
