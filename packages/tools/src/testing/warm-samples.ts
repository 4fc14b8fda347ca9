import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import { createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { afterAll } from '@jest/globals';
import { loadTool, runInWorkspace, runSample, type Sample, type SampleOptions } from './run-sample.ts';

/** More than a file has samples. */
const JOBS_PER_PROCESS = 1000;

interface WarmWorkspaces {
	tool: Tool;
	/** Acquires a workspace for the work, and releases it afterwards. */
	use<T>(work: (workspace: Workspace) => Promise<T>): Promise<T>;
	/** Ends all processes, also those in use or starting. Rejects if a scratch directory was not removed. */
	stop(): Promise<void>;
}

/**
 * Returns a function that runs samples like `runSample`, but in a prewarmed process that serves one after another, as workers do with
 * `JOBS_PER_PROCESS`. It ends after the tests of the file. A sample with `adapt` gets a new process.
 */
export function warmSamples(slug: string) {
	let opened: Promise<WarmWorkspaces> | undefined;
	afterAll(async () => {
		await (await opened)?.stop();
	});
	return async (sample: Sample, options: SampleOptions = {}) => {
		if (options.adapt) return runSample(slug, sample, options);
		opened ??= loadTool(slug).then(openWarmWorkspaces);
		const { tool, use } = await opened;
		return use((workspace) => runInWorkspace(tool, workspace, sample, options));
	};
}

/** Keeps one process of the tool warm. */
export async function openWarmWorkspaces(tool: Tool): Promise<WarmWorkspaces> {
	const root = await mkdtemp(join(tmpdir(), `${tool.manifest.slug}-`));
	const notRemoved: unknown[] = [];
	const workspaces = createWorkspaces([tool], {
		scratchRoot: root,
		prewarmedPerTool: 1,
		jobsPerProcess: JOBS_PER_PROCESS,
		onProblem: (problem, error) => {
			// A sample whose process ends gets another one.
			if (problem === 'scratch.not_removed') notRemoved.push(error);
		},
	});
	const inUse = new Set<Promise<Workspace>>();
	return {
		tool,
		async use(work) {
			const acquired = workspaces.acquire(tool);
			inUse.add(acquired);
			try {
				const workspace = await acquired;
				return await work(workspace).finally(() => workspaces.release(workspace));
			} finally {
				inUse.delete(acquired);
			}
		},
		async stop() {
			await workspaces.stop();
			// A test that took too long still runs, or waits for a process.
			for (const acquired of inUse) {
				const workspace = await acquired.catch(() => undefined);
				await workspace?.prewarmed?.end();
			}
			await rm(root, { recursive: true, force: true });
			if (notRemoved.length > 0) throw new AggregateError(notRemoved, 'A scratch directory was not removed.');
		},
	};
}
