import { chmod, lstat, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { deadlineMs, expectedMs, type Workload } from './deadline.ts';
import { execSandboxed } from './exec.ts';
import { failureReport, redactError, redacted } from './failure-report.ts';
import { identify } from './identify.ts';
import type { ToolManifest } from './manifest.ts';
import { type PageLimit, requirePages } from './page-limit.ts';
import { parseParams, secretNames } from './params.ts';
import type { ToolContext, ToolOutput } from './run.ts';
import { type RunClock, startRunClock } from './run-clock.ts';
import { type Standby, startStandby } from './standby.ts';
import type { Tool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { commandLimits } from './tool-limits.ts';
import type { Workplace } from './workplace.ts';

/** The input lies at the `inputPath` of the scratch directory. */
export interface ToolRequest extends Workplace {
	/** As their owner declared them. */
	name: string;
	mimeType: string;
	sizeBytes: number;
	params: unknown;
	/** None where absent. */
	pageLimit?: PageLimit | undefined;
	/** Aborted to cancel. */
	signal: AbortSignal;
	/** Aborted when the run should let others go first from then on. */
	deprioritized?: AbortSignal | undefined;
	/** Told how long the run is expected to take, in milliseconds, once the tool knows its pages. */
	onExpected?(ms: number): void;
	/** Told of time that the run has lost to others who had the processors. */
	onWaited?(ms: number): void;
	/** Percent, whole, always more than the time before, at most 99: what is 100 only the job's end can say. */
	onProgress(percent: number): void;
	/** Receives what failed where the tool goes on in another way, for the log; without secrets. */
	onRecovered?(cause: unknown): void;
}

export interface ToolResult extends ToolOutput {
	outputName: string;
	outputMimeType: string;
	outputSizeBytes: number;
}

/**
 * Runs a tool on an input, within its limits, and checks what comes back. When it settles, no process of the tool is left but
 * a standby that the workplace keeps.
 *
 * Throws a {@link ToolError} for what the person should hear about; the signal's reason once that is aborted; anything else is
 * a bug of ours. Messages, stacks and causes of errors contain no secret param.
 */
export async function runTool(tool: Tool, request: ToolRequest): Promise<ToolResult> {
	request.signal.throwIfAborted();
	const { manifest } = tool;
	const params = checkedParams(manifest, request.params);
	const hidden = { secrets: secretsOf(manifest, params), paths: [request.scratch.path] };
	const onRecovered = (cause: unknown) => request.onRecovered?.(redacted(cause, hidden));
	try {
		return await runChecked(tool, { ...request, onRecovered }, params);
	} catch (error) {
		// The reason is the caller's own.
		if (request.signal.aborted && error === request.signal.reason) throw error;
		// A ToolError's message is for the person, and no tool puts a param into it.
		if (error instanceof ToolError) redactError(error, hidden, ['cause']);
		else if (error instanceof Error) redactError(error, hidden, ['message', 'stack', 'cause']);
		throw error;
	}
}

async function runChecked(tool: Tool, request: ToolRequest, params: unknown): Promise<ToolResult> {
	const { manifest } = tool;
	requireInputSize(manifest, request.sizeBytes);
	const kind = await identify({ ...request, path: request.scratch.inputPath }, manifest);
	// Its directory keeps others out; the sandbox's own user must be able to read it.
	await chmod(request.scratch.inputPath, 0o444);
	const { scratch, name, sizeBytes } = request;
	const standby = standbyOf(tool, request);
	const input = { path: scratch.inputPath, name, sizeBytes, params, ...kind };
	const output = await withClock(deadlineMs(manifest.limits, { sizeBytes }), (clock) =>
		tool.run(input, toolContext(manifest, request, clock, standby.ask)),
	).finally(standby.end);
	return {
		...output,
		outputName: manifest.outputName(name, params),
		outputMimeType: manifest.outputMimeType(params),
		outputSizeBytes: await checkedOutputSize(output.outputPath, request),
	};
}

function checkedParams(manifest: ToolManifest, raw: unknown): unknown {
	const parsed = parseParams(manifest.params, raw);
	if (parsed.ok) return parsed.data;
	const problems = parsed.details.map(({ path, message }) => `${path}: ${message}`).join('; ');
	throw new ToolError(
		'internal',
		`The job's settings are no longer valid. Create the job again. (${problems})`,
	);
}

function secretsOf({ params: schema }: ToolManifest, params: unknown): string[] {
	const values = secretNames(schema).map((name) => (params as Record<string, unknown>)[name]);
	return values.filter((value) => typeof value === 'string');
}

/** Throws `limit_exceeded` for a file that is larger than the tool takes, on whatever plan. */
export function requireInputSize({ limits }: Pick<ToolManifest, 'limits'>, sizeBytes: number): void {
	if (sizeBytes <= limits.maxInputBytes) return;
	throw new ToolError(
		'limit_exceeded',
		`The file is larger than the ${limits.maxInputBytes} bytes that this tool takes.`,
	);
}

async function withClock<T>(allowedMs: number, work: (clock: RunClock) => Promise<T>): Promise<T> {
	const clock = startRunClock(allowedMs);
	try {
		return await work(clock);
	} finally {
		clock.stop();
	}
}

function toolContext(
	manifest: ToolManifest,
	request: ToolRequest,
	clock: RunClock,
	ask: Standby['ask'],
): ToolContext {
	const { scratch, sizeBytes } = request;
	const workload: Workload = { sizeBytes };
	const progress = progressMeter(request.onProgress);
	const signal = AbortSignal.any([request.signal, clock.signal]);
	const onWaited = (ms: number) => {
		clock.waited(ms);
		request.onWaited?.(ms);
	};
	const ends = { signal, ...(request.deprioritized && { deprioritized: request.deprioritized }), onWaited };
	return {
		scratchDir: scratch.toolDir,
		signal,
		maxPages: request.pageLimit?.pages,
		requirePages(count) {
			requirePages(count, request.pageLimit);
			workload.pages = count;
			clock.allow(deadlineMs(manifest.limits, workload));
		},
		expectPages(pages) {
			request.onExpected?.(expectedMs(manifest, { sizeBytes, pages }));
		},
		progress,
		recovered: (cause) => request.onRecovered?.(cause),
		exec(command, args, options) {
			const limits = commandLimits(manifest, workload);
			return execSandboxed({ ...options, command, args, scratch, limits, ...ends });
		},
		ask: (question, options) => ask(question, { ...options, ...ends, onProgress: progress }),
	};
}

/** The process that waits at the workplace, or one that is started when it is needed. */
function standbyOf({ manifest, standby: command }: Tool, request: ToolRequest) {
	let standby = request.standby;
	const ask: Standby['ask'] = async (question, options) => {
		if (!command) throw new Error(`${manifest.slug} has no standby command`);
		standby ??= await startStandby(command, request.scratch, commandLimits(manifest, request));
		const answer = await standby.ask(question, options);
		if (answer === undefined) await reportDeath(standby, request);
		// While the tool works on, so that it need not be waited for.
		if (!request.keepsStandby) void standby.end();
		return answer;
	};
	const end = async () => {
		if (!request.keepsStandby) await standby?.end();
	};
	return { ask, end };
}

/** An answer that does not come says nothing of why. */
async function reportDeath(standby: Standby, request: ToolRequest): Promise<void> {
	const result = await standby.ended;
	if (result) request.onRecovered?.(failureReport(result));
}

function progressMeter(onProgress: (percent: number) => void): ToolContext['progress'] {
	let reported = 0;
	return (done, total = 1) => {
		const percent = Math.min(99, Math.floor((100 * done) / total));
		if (!(percent > reported)) return;
		reported = percent;
		onProgress(percent);
	};
}

/**
 * The size of an output that is safe to hand out: a compromised command could have left a link to a file of the host there.
 * Nothing of it runs any more, so what is checked stays as it is.
 */
async function checkedOutputSize(path: string, { scratch }: Workplace): Promise<number> {
	const stats = await lstat(path);
	// The input may have a second name, under which a standby reads it.
	const isInput = path === scratch.inputPath;
	const isConfined =
		isInput ||
		((await realpath(path)).startsWith((await realpath(scratch.toolDir)) + sep) && stats.nlink === 1);
	if (!stats.isFile() || !isConfined) {
		throw new Error('a tool gave back an output that is not a file of its own directory');
	}
	if (stats.size === 0)
		throw new ToolError('tool_failed', 'The tool made an empty file. Check that the input opens.');
	return stats.size;
}
