import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageLimit } from '@creatorr/tool-kit/limits/input-limits';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import { runTool, type ToolRequest, type ToolResult } from '@creatorr/tool-kit/run/run-tool';
import { createScratch, removeScratch, type Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { loadTools } from '../runners.ts';

/** A file as a user might upload it. */
export interface Sample {
	name: string;
	mimeType: string;
	content: Buffer;
	params?: Record<string, unknown>;
}

export interface SampleOptions {
	signal?: AbortSignal;
	onProgress?: ToolRequest['onProgress'];
	pageLimit?: PageLimit;
	/** Changes the tool first, such as its limits. */
	adapt?: (tool: Tool) => Tool;
	/** Runs after the tool has ended, while its scratch directory still exists. */
	inspect?: (scratch: Scratch) => Promise<void>;
}

export type SampleResult = ToolResult & { output: Buffer };

/** Runs a tool as the worker does, in a new scratch directory and new processes. Resolves to its output with the bytes. */
export async function runSample(
	slug: string,
	sample: Sample,
	options: SampleOptions = {},
): Promise<SampleResult> {
	const { adapt = (tool: Tool) => tool } = options;
	const root = await mkdtemp(join(tmpdir(), `${slug}-`));
	const scratch = await createScratch(root);
	try {
		return await runInWorkspace(adapt(await loadTool(slug)), { scratch }, sample, options);
	} finally {
		await removeScratch(scratch);
		await rm(root, { recursive: true });
	}
}

/** Runs a tool in a workspace that the caller releases. */
export async function runInWorkspace(
	tool: Tool,
	workspace: Workspace,
	sample: Sample,
	options: Omit<SampleOptions, 'adapt'>,
): Promise<SampleResult> {
	const { scratch } = workspace;
	try {
		await writeFile(scratch.inputPath, sample.content);
		const result = await runTool(tool, {
			...workspace,
			name: sample.name,
			mimeType: sample.mimeType,
			sizeBytes: sample.content.length,
			params: sample.params ?? {},
			pageLimit: options.pageLimit,
			signal: options.signal ?? new AbortController().signal,
			onProgress: options.onProgress ?? (() => {}),
		});
		return { ...result, output: await readFile(result.outputPath) };
	} finally {
		await options.inspect?.(scratch);
	}
}

/** Throws if the tool doesn't exist. */
export async function loadTool(slug: string): Promise<Tool> {
	const tool = (await loadTools()).get(slug);
	if (!tool) throw new Error(`there is no tool ${slug}`);
	return tool;
}
