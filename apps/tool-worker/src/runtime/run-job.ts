import { type JobOutcome, jobOutcomeSchema } from '@creatorr/contracts/events';
import { crashPoint } from '@creatorr/service/crash-point';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { inSpan } from '@creatorr/telemetry/span';
import { requireInputSize } from '@creatorr/tool-kit/limits/input-limits';
import { type ToolResult, runTool } from '@creatorr/tool-kit/run/run-tool';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import type { Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import { countInput, countOutput, countToolRun } from '../worker-metrics.ts';
import type { GrantedJob } from './granted-job.ts';
import { fetchInput, type Input } from './input.ts';
import { storeOutput } from './output.ts';
import { tracedTool } from './traced-tool.ts';

export interface RunJobDeps {
	files: InternalClient;
	tools: ReadonlyMap<string, Tool>;
	workspaces: Workspaces;
	logger: Logger;
}

interface RunOptions {
	signal: AbortSignal;
	/** Aborted when the job has run for long. */
	deprioritized: AbortSignal;
	onProgress: (percent: number) => void;
	/** Told of time that the tool has lost to others who had the processors. */
	onWaited: (ms: number) => void;
	/** Told when the input is there and the tool starts. */
	onToolStarted: () => void;
	/** Told how long the tool is expected to run, once it knows. */
	onExpected: (ms: number) => void;
	/** Told how long the tool ran, without the time that others had the processors, once it has ended. */
	onComputed: (ms: number) => void;
}

async function timedRun(
	deps: RunJobDeps,
	tool: Tool,
	job: GrantedJob,
	input: Input,
	workspace: Workspace,
	options: RunOptions,
) {
	const startedAt = performance.now();
	options.onToolStarted();
	let outcome = 'ended';
	let waitedMs = 0;
	try {
		const request = {
			...workspace,
			name: input.name,
			mimeType: input.mime_type,
			sizeBytes: input.size_bytes,
			params: job.params(),
			pageLimit: job.pageLimit,
			...options,
			onWaited: (ms: number) => {
				waitedMs += ms;
				options.onWaited(ms);
			},
			onRecovered: (error: unknown) =>
				deps.logger.warn('tool.recovered', { job_id: job.id, tool: job.tool, error }),
		};
		const result: ToolResult = await inSpan(`tool ${job.tool}`, {}, () => runTool(tracedTool(tool), request));
		outcome = 'succeeded';
		return { result, durationMs: Math.round(performance.now() - startedAt) };
	} catch (error) {
		if (!options.signal.aborted) outcome = error instanceof ToolError ? error.code : 'internal';
		throw error;
	} finally {
		const durationMs = performance.now() - startedAt;
		options.onComputed(Math.round(Math.max(0, durationMs - waitedMs)));
		countToolRun({ tool: job.tool, outcome, durationMs });
	}
}

async function succeed(
	deps: RunJobDeps,
	job: GrantedJob,
	tool: Tool,
	workspace: Workspace,
	options: RunOptions,
): Promise<JobOutcome> {
	const input = await fetchInput(deps.files, job, {
		path: workspace.scratch.inputPath,
		requireSize: (sizeBytes) => requireInputSize(tool.manifest, sizeBytes),
		signal: options.signal,
	});
	countInput(job.tool, input.size_bytes);
	crashPoint('worker.input-fetched');
	const { result, durationMs } = await timedRun(deps, tool, job, input, workspace, options);
	countOutput(job.tool, result.outputSizeBytes);
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

/** The person hears a ToolError; anything else is a bug of ours or of this machine, and only the log hears what. */
function fail(deps: RunJobDeps, job: GrantedJob, error: unknown): JobOutcome {
	if (error instanceof ToolError) {
		deps.logger.info('job.failed', { job_id: job.id, tool: job.tool, code: error.code, error });
		return { status: 'failed', error_code: error.code, error_message: error.message };
	}
	deps.logger.error('job.broke', { job_id: job.id, tool: job.tool, error });
	return {
		status: 'failed',
		error_code: 'internal',
		error_message: 'Something went wrong on our side. Try again; your file is still there.',
	};
}

async function succeedSomewhere(deps: RunJobDeps, job: GrantedJob, options: RunOptions): Promise<JobOutcome> {
	const tool = deps.tools.get(job.tool);
	if (!tool) throw new Error(`this worker has no tool ${job.tool}`);
	const workspace = await deps.workspaces.acquire(tool);
	try {
		return await succeed(deps, job, tool, workspace, options);
	} finally {
		await deps.workspaces.release(workspace);
	}
}

/** Takes a job from its input to its outcome; nothing of it is left on this machine. Rejects with the signal's reason once aborted. */
export async function runJob(deps: RunJobDeps, job: GrantedJob, options: RunOptions): Promise<JobOutcome> {
	try {
		return jobOutcomeSchema.parse(await succeedSomewhere(deps, job, options));
	} catch (error) {
		options.signal.throwIfAborted();
		return fail(deps, job, error);
	}
}
