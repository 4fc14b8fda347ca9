import { createScratch, removeScratch } from '../scratch/scratch.ts';
import type { Tool } from '../tool/tool.ts';
import { createWarmPool, type PoolOptions, type Workspace } from './warm-pool.ts';

export interface Workspaces {
	/** Resolves with an empty workspace of this job alone. Waits for a prewarmed process that is starting; the workspace has none if the start fails. */
	acquire(tool: Tool): Promise<Workspace>;
	/** Resolves when no file and no process of the job is left. */
	release(workspace: Workspace): Promise<void>;
	/** Counts the processes that wait for a job, for each tool with a prewarmed command. */
	ready(): Map<string, number>;
	/** Ends the processes that wait. Acquired workspaces still have to be released. */
	stop(): Promise<void>;
}

/** Provides workspaces, and keeps processes warm for the tools that declare one, so that jobs need not wait for their start. */
export function createWorkspaces(tools: Iterable<Tool>, options: PoolOptions): Workspaces {
	const discard = (workspace: Workspace) => discardWorkspace(workspace, options);
	const known = [...tools];
	const pools = new Map(
		known.map((tool) => [tool.manifest.slug, createWarmPool(tool, { ...options, discard })]),
	);
	return {
		async acquire(tool) {
			const warm = await pools.get(tool.manifest.slug)?.acquire();
			return warm ?? { scratch: await createScratch(options.scratchRoot) };
		},
		async release(workspace) {
			for (const pool of pools.values()) if (await pool.release(workspace)) return;
			await discard(workspace);
		},
		ready() {
			const withProcess = known.filter((tool) => tool.prewarmed).map((tool) => tool.manifest.slug);
			return new Map(withProcess.map((slug) => [slug, pools.get(slug)?.ready() ?? 0]));
		},
		async stop() {
			await Promise.all([...pools.values()].map((pool) => pool.stop()));
		},
	};
}

async function discardWorkspace({ prewarmed, scratch }: Workspace, options: PoolOptions): Promise<void> {
	try {
		await prewarmed?.end();
		await removeScratch(scratch);
	} catch (error) {
		options.onProblem('scratch.not_removed', error);
	}
}
