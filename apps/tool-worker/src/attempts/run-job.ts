import { type JobOutcome, jobOutcomeSchema } from '@creatorr/contracts/events';
import { crashPoint } from '@creatorr/service/crash-point';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { inSpan } from '@creatorr/telemetry/span';
import { requireInputSize } from '@creatorr/tool-kit/limits/input-limits';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import type { Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import { runTool, type ToolRequest } from '@creatorr/tool-kit/run/run-tool';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { recordInput, recordOutput, recordToolRun } from '../metrics.ts';
import { fetchInput, type Input } from '../transfer/fetch-input.ts';
import { storeOutput } from '../transfer/store-output.ts';
import type { GrantedJob } from './jobs-client.ts';
import { tracedTool } from './traced-tool.ts';

export interface RunJobDeps {
	files: InternalClient;
	tools: ReadonlyMap<string, Tool>;
	workspaces: Workspaces;
	logger: Logger;
}

interface RunJobOptions {
	signal: AbortSignal;
	/** Aborted when the job has run for long. */
	deprioritized: AbortSignal;
	onProgress: ToolRequest['onProgress'];
	/** Receives the time, in milliseconds, that the tool spent waiting for a CPU. */
	onCpuWait: (ms: number) => void;
	/**
	 * Called when the input is fetched and the tool starts. `computeMs` returns the run time of the tool so far, in whole milliseconds, without
	 * the time spent waiting for a CPU.
	 */
	onToolStarted: (computeMs: () => number) => void;
	/** Receives the expected time of the tool, in milliseconds, once the tool knows it. */
	onExpected: (ms: number) => void;
	/** Called when the tool has ended, with its run time in milliseconds, without the time spent waiting for a CPU. */
	onToolEnded: (computeMs: number) => void;
}

/**
 * Runs a job from its input to its outcome. When it settles, no file and no process of the job is left on this machine. Rejects
 * with the signal's reason once that is aborted.
 */
export async function runJob(deps: RunJobDeps, job: GrantedJob, options: RunJobOptions): Promise<JobOutcome> {
	try {
		return jobOutcomeSchema.parse(await runInWorkspace(deps, job, options));
	} catch (error) {
		options.signal.throwIfAborted();
		return failedOutcome(deps, job, error);
	}
}

/** Shows ToolError messages to the user. Other errors are bugs: they are logged and reported as `internal`. */
function failedOutcome({ logger }: RunJobDeps, job: GrantedJob, error: unknown): JobOutcome {
	if (error instanceof ToolError) {
		logger.info('job.failed', { job_id: job.id, tool: job.tool, code: error.code, error });
		return { status: 'failed', error_code: error.code, error_message: error.message };
	}
	logger.error('job.crashed', { job_id: job.id, tool: job.tool, error });
	return {
		status: 'failed',
		error_code: 'internal',
		error_message: 'Something went wrong on our side. Try again; your file is still there.',
	};
}

async function runInWorkspace(
	deps: RunJobDeps,
	job: GrantedJob,
	options: RunJobOptions,
): Promise<JobOutcome> {
	const tool = deps.tools.get(job.tool);
	if (!tool) throw new Error(`this worker has no tool ${job.tool}`);
	const workspace = await deps.workspaces.acquire(tool);
	try {
		return await fetchRunAndStore(deps, { job, tool, workspace }, options);
	} finally {
		await deps.workspaces.release(workspace);
	}
}

interface JobInWorkspace {
	job: GrantedJob;
	tool: Tool;
	workspace: Workspace;
}

async function fetchRunAndStore(
	deps: RunJobDeps,
	work: JobInWorkspace,
	options: RunJobOptions,
): Promise<JobOutcome> {
	const { job, tool, workspace } = work;
	const input = await fetchInput(deps.files, job, {
		path: workspace.scratch.inputPath,
		requireSize: (sizeBytes) => requireInputSize(tool.manifest, sizeBytes),
		signal: options.signal,
	});
	recordInput(job.tool, input.size_bytes);
	crashPoint('worker.input-fetched');
	const { result, durationMs } = await runTimed(deps, work, input, options);
	recordOutput(job.tool, result.outputSizeBytes);
	crashPoint('worker.tool-ended');
	return {
		status: 'succeeded',
		output_file_id: await storeOutput(deps.files, job, result, options.signal),
		result: {
			...result.details,
			bytes_in: input.size_bytes,
			bytes_out: result.outputSizeBytes,
			duration_ms: durationMs,
			warnings: result.warnings,
		},
	};
}

async function runTimed({ logger }: RunJobDeps, work: JobInWorkspace, input: Input, options: RunJobOptions) {
	const { job, tool, workspace } = work;
	const startedAtMs = performance.now();
	let outcome = 'aborted';
	let cpuWaitMs = 0;
	let endedAtMs: number | undefined;
	const computeMs = () => Math.round(Math.max(0, (endedAtMs ?? performance.now()) - startedAtMs - cpuWaitMs));
	options.onToolStarted(computeMs);
	try {
		const request: ToolRequest = {
			...workspace,
			name: input.name,
			mimeType: input.mime_type,
			sizeBytes: input.size_bytes,
			params: job.params(),
			pageLimit: job.pageLimit,
			...options,
			onCpuWait: (ms) => {
				cpuWaitMs += ms;
				options.onCpuWait(ms);
			},
			onFallback: (error) => logger.warn('tool.fallback_used', { job_id: job.id, tool: job.tool, error }),
		};
		const result = await inSpan(`tool ${job.tool}`, {}, () => runTool(tracedTool(tool), request));
		outcome = 'succeeded';
		return { result, durationMs: Math.round(performance.now() - startedAtMs) };
	} catch (error) {
		if (!options.signal.aborted) outcome = error instanceof ToolError ? error.code : 'internal';
		throw error;
	} finally {
		endedAtMs = performance.now();
		options.onToolEnded(computeMs());
		recordToolRun({ tool: job.tool, outcome, durationMs: endedAtMs - startedAtMs });
	}
}
