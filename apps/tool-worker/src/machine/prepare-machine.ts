import type { Capabilities } from '@creatorr/contracts/jobs';
import type { Logger } from '@creatorr/service/logger';
import { missingBinaries, probeCapabilities } from '@creatorr/tool-kit/run/probe';
import { checkSandbox } from '@creatorr/tool-kit/sandbox/check-sandbox';
import { claimScratchHome, type ScratchHome } from '@creatorr/tool-kit/scratch/scratch-home';
import type { Tool } from '@creatorr/tool-kit/tool/tool';

/** Claims the worker's scratch directory. Throws, with what to do, if this machine can't build a sandbox. */
export async function prepareMachine(scratchDir: string, logger: Logger): Promise<ScratchHome> {
	const home = await claimScratchHome(scratchDir);
	if (home.removedDirectories > 0) logger.warn('scratch.stale_removed', { count: home.removedDirectories });
	const problem = await checkSandbox(home.path);
	if (problem) {
		await home.release();
		throw new Error(`can’t run tools, because the sandbox doesn’t work: ${problem}`);
	}
	return home;
}

export interface RunnableTools {
	tools: Map<string, Tool>;
	/** What each of them offers on this machine. */
	capabilities: Record<string, Capabilities>;
}

/** Returns the tools that can run on this machine; logs the others with what they lack. Throws when no tool can run. */
export async function runnableTools(
	tools: Iterable<Tool>,
	scratchRoot: string,
	logger: Logger,
): Promise<RunnableTools> {
	const runnable: RunnableTools = { tools: new Map(), capabilities: {} };
	for (const tool of tools) {
		const { slug } = tool.manifest;
		const capabilities = await probe(tool, scratchRoot, logger);
		if (!capabilities) continue;
		runnable.tools.set(slug, tool);
		runnable.capabilities[slug] = capabilities;
	}
	if (runnable.tools.size === 0) throw new Error('no tool can run here: each one lacks a program');
	return runnable;
}

/** Returns undefined for a tool that can't run on this machine. */
async function probe(tool: Tool, scratchRoot: string, logger: Logger): Promise<Capabilities | undefined> {
	const { slug, binaries } = tool.manifest;
	const missing = await missingBinaries(binaries);
	if (missing.length > 0) {
		logger.error('worker.tool_unavailable', { tool: slug, missing_binaries: missing });
		return undefined;
	}
	try {
		return await probeCapabilities(tool, scratchRoot);
	} catch (error) {
		logger.error('worker.tool_unavailable', { tool: slug, error });
		return undefined;
	}
}
