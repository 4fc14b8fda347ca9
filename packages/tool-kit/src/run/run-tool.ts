import { chmod, lstat, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ProgressDetail } from '@creatorr/contracts/jobs';
import { identify } from '../files/identify.ts';
import { commandLimits } from '../limits/command-limits.ts';
import { deadlineMs, expectedMs, type RunClock, startRunClock, type Workload } from '../limits/deadline.ts';
import { checkPageLimit, type PageLimit, requireInputSize } from '../limits/input-limits.ts';
import { parseParams } from '../params/params.ts';
import { secretNames } from '../params/secret-params.ts';
import { type PrewarmedProcess, startPrewarmed } from '../pool/prewarmed-process.ts';
import type { Workspace } from '../pool/warm-pool.ts';
import { execSandboxed } from '../sandbox/exec.ts';
import type { ToolManifest } from '../tool/manifest.ts';
import type { Tool, ToolContext, ToolOutput } from '../tool/tool.ts';
import { ToolError } from '../tool/tool-error.ts';
import { failureReport, redact, redactError } from './failure-report.ts';

/** A run of a tool in a workspace, whose scratch directory contains the input at `inputPath`. */
export interface ToolRequest extends Workspace {
	/** Name and type as the file's owner declared them. */
	name: string;
	mimeType: string;
	sizeBytes: number;
	/** Not parsed yet. */
	params: unknown;
	/** The page limit of the owner's plan; undefined for none. */
	pageLimit?: PageLimit | undefined;
	/** Aborted to cancel. */
	signal: AbortSignal;
	/** Aborted when the run should continue at low priority. */
	deprioritized?: AbortSignal | undefined;
	/** Receives the expected time of the run, in milliseconds, once the tool has counted its pages. */
	onExpected?(ms: number): void;
	/** Receives the time, in milliseconds, that the run spent waiting for a CPU. */
	onCpuWait?(ms: number): void;
	/** Receives whole percents, each higher than the one before, at most 99, and the page if the tool knows it. */
	onProgress(percent: number, detail?: ProgressDetail): void;
	/** Receives, without secrets, a failure after which the tool continues in another way, for the log. */
	onFallback?(cause: unknown): void;
}

export interface ToolResult extends ToolOutput {
	outputName: string;
	outputMimeType: string;
	outputSizeBytes: number;
}

/**
 * Runs a tool on an input within its limits, and checks its output. When it settles, no process of the tool is left but a
 * prewarmed one that the workspace keeps.
 *
 * Throws a {@link ToolError} for failures that the user should read about, and the signal's reason once that is aborted. Any other
 * error is a bug. Messages, stacks and causes of errors contain no secret param.
 */
export async function runTool(tool: Tool, request: ToolRequest): Promise<ToolResult> {
	request.signal.throwIfAborted();
	const { manifest } = tool;
	const params = requireParams(manifest, request.params);
	const hidden = { secrets: secretsOf(manifest, params), paths: [request.scratch.path] };
	const onFallback = (cause: unknown) => request.onFallback?.(redact(cause, hidden));
	try {
		return await runWithParams(tool, { ...request, onFallback }, params);
	} catch (error) {
		// The caller compares the reason by identity.
		if (request.signal.aborted && error === request.signal.reason) throw error;
		// The message of a ToolError is for the user, and no tool puts a param into it.
		if (error instanceof ToolError) redactError(error, hidden, ['cause']);
		else if (error instanceof Error) redactError(error, hidden, ['message', 'stack', 'cause']);
		throw error;
	}
}

/** Parses the job's params. The jobs service has parsed them before, with the schema of its release. */
function requireParams(manifest: ToolManifest, raw: unknown): unknown {
	const parsed = parseParams(manifest.params, raw);
	if (parsed.ok) return parsed.data;
	const problems = parsed.details.map(({ path, message }) => `${path}: ${message}`).join('; ');
	throw new ToolError(
		'internal',
		`This tool has changed, and the job’s options are no longer valid. Open the tool, check the options, and add the file again (${problems}).`,
	);
}

function secretsOf({ params: schema }: ToolManifest, params: unknown): string[] {
	const values = secretNames(schema).map((name) => (params as Record<string, unknown>)[name]);
	return values.filter((value) => typeof value === 'string');
}

async function runWithParams(tool: Tool, request: ToolRequest, params: unknown): Promise<ToolResult> {
	const { manifest } = tool;
	requireInputSize(manifest, request.sizeBytes);
	const { scratch, name, sizeBytes } = request;
	const path = scratch.inputPath;
	const output = await withClock(deadlineMs(manifest.limits, { sizeBytes }), async (clock) => {
		const prewarmed = prewarmedProcessOf(tool, request);
		const context = toolContext(manifest, request, clock, prewarmed.request);
		const kind = await identify({ ...request, path }, manifest, context.signal);
		// The sandbox's user must be able to read the input. The scratch directory keeps all other users out.
		await chmod(path, 0o444);
		context.signal.throwIfAborted();
		try {
			return await tool.run({ path, name, sizeBytes, params, ...kind }, context);
		} finally {
			await prewarmed.end();
		}
	});
	checkPageLimit(pagesOf(output), request.pageLimit);
	return {
		...output,
		outputName: manifest.outputName(name, params),
		outputMimeType: manifest.outputMimeType(params),
		outputSizeBytes: await requireSafeOutput(output.outputPath, request),
	};
}

async function withClock<T>(allowedMs: number, work: (clock: RunClock) => Promise<T>): Promise<T> {
	const clock = startRunClock(allowedMs);
	try {
		return await work(clock);
	} finally {
		clock.stop();
	}
}

/** Returns the pages that a tool reports in its result. The caller checks them, because the tool may not have called `checkPageLimit`. */
function pagesOf({ details }: ToolOutput): number {
	return typeof details.pages === 'number' ? details.pages : 0;
}

function toolContext(
	manifest: ToolManifest,
	request: ToolRequest,
	clock: RunClock,
	sendRequest: PrewarmedProcess['request'],
): ToolContext {
	const { scratch, sizeBytes } = request;
	const workload: Workload = { sizeBytes };
	const progress = progressMeter(request.onProgress);
	const signal = AbortSignal.any([request.signal, clock.signal]);
	const onCpuWait = (ms: number) => {
		clock.addCpuWait(ms);
		request.onCpuWait?.(ms);
	};
	const control = {
		signal,
		onCpuWait,
		...(request.deprioritized && { deprioritized: request.deprioritized }),
	};
	return {
		scratchDir: scratch.toolDir,
		signal,
		maxPages: request.pageLimit?.pages,
		checkPageLimit(count) {
			checkPageLimit(count, request.pageLimit);
			workload.pages = count;
			clock.allow(deadlineMs(manifest.limits, workload));
		},
		estimatePages(pages) {
			request.onExpected?.(expectedMs(manifest, { sizeBytes, pages }));
		},
		progress,
		fallbackUsed: (cause) => request.onFallback?.(cause),
		exec(command, args, options) {
			const limits = commandLimits(manifest, workload);
			return execSandboxed({ ...options, command, args, scratch, limits, ...control });
		},
		request: (body, options) =>
			sendRequest(body, { ...options, ...control, onProgress: (done) => progress(done) }),
	};
}

/** Uses the prewarmed process of the workspace, or starts one at the first request. */
function prewarmedProcessOf({ manifest, prewarmed: command }: Tool, workspace: ToolRequest) {
	let process = workspace.prewarmed;
	const request: PrewarmedProcess['request'] = async (body, options) => {
		if (!command) throw new Error(`${manifest.slug} has no prewarmed command`);
		process ??= await startPrewarmed(command, workspace.scratch, commandLimits(manifest, workspace));
		const response = await process.request(body, options);
		if (response === undefined) await reportEnd(process, workspace);
		// Not awaited: the tool continues while the process ends.
		if (!workspace.isReusable) void process.end();
		return response;
	};
	const end = async () => {
		if (!workspace.isReusable) await process?.end();
	};
	return { request, end };
}

/** Logs how a process without a response ended. */
async function reportEnd(process: PrewarmedProcess, request: ToolRequest): Promise<void> {
	const result = await process.ended;
	if (result) request.onFallback?.(failureReport(result));
}

function progressMeter(onProgress: ToolRequest['onProgress']): ToolContext['progress'] {
	let reported = 0;
	return (done, total = 1, detail) => {
		const percent = Math.min(99, Math.floor((100 * done) / total));
		if (!(percent > reported)) return;
		reported = percent;
		onProgress(percent, detail);
	};
}

/**
 * Returns the size of an output that is safe to publish. Throws for anything but a file of the tool's directory: a compromised
 * command may have left a link to a file of the host. No process of it runs any more, so the file can't change after the check.
 */
async function requireSafeOutput(path: string, { scratch }: Workspace): Promise<number> {
	const stats = await lstat(path);
	// The input may have a second hard link, for a prewarmed process.
	const isInput = path === scratch.inputPath;
	const isConfined =
		isInput ||
		((await realpath(path)).startsWith((await realpath(scratch.toolDir)) + sep) && stats.nlink === 1);
	if (!stats.isFile() || !isConfined) {
		throw new Error('a tool returned an output that is not a file of its own directory');
	}
	if (stats.size === 0)
		throw new ToolError(
			'tool_failed',
			'The tool produced an empty file. Check that your file opens in another program.',
		);
	return stats.size;
}
