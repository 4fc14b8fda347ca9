import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import { createWorkspaces, type Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { afterAll } from '@jest/globals';
import { loadTool, runInWorkspace, runSample, type Sample, type SampleOptions } from './run-sample.ts';

/** More than a file has samples. */
const JOBS_PER_PROCESS = 1000;

interface Warm {
	tool: Tool;
	workspaces: Workspaces;
	inUse: Set<Workspace>;
	stop(): Promise<void>;
}

/**
 * Returns a function that runs samples like `runSample`, but in a prewarmed process that serves one after another, as workers do with
 * `JOBS_PER_PROCESS`. It ends after the tests of the file. A sample with `adapt` gets a new process.
 */
export function warmSamples(slug: string) {
	let opened: Promise<Warm> | undefined;
	afterAll(async () => {
		await (await opened)?.stop();
	});
	return async (sample: Sample, options: SampleOptions = {}) => {
		if (options.adapt) return runSample(slug, sample, options);
		opened ??= open(slug);
		const { tool, workspaces, inUse } = await opened;
		const workspace = await workspaces.acquire(tool);
		inUse.add(workspace);
		try {
			return await runInWorkspace(tool, workspace, sample, options);
		} finally {
			inUse.delete(workspace);
			await workspaces.release(workspace);
		}
	};
}

async function open(slug: string): Promise<Warm> {
	const tool = await loadTool(slug);
	const root = await mkdtemp(join(tmpdir(), `${slug}-`));
	const workspaces = createWorkspaces([tool], {
		scratchRoot: root,
		prewarmedPerTool: 1,
		jobsPerProcess: JOBS_PER_PROCESS,
		// A sample whose process ends gets another one.
		onProblem: () => {},
	});
	const inUse = new Set<Workspace>();
	const stop = async () => {
		await workspaces.stop();
		// A test that took too long still runs.
		for (const { prewarmed } of inUse) await prewarmed?.end();
		await rm(root, { recursive: true, force: true });
	};
	return { tool, workspaces, inUse, stop };
}
