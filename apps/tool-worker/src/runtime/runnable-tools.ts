import type { Capabilities } from '@creatorr/contracts/jobs';
import type { Logger } from '@creatorr/service/logger';
import { missingBinaries, probeCapabilities } from '@creatorr/tool-kit/run/probe';
import type { Tool } from '@creatorr/tool-kit/tool/tool';

export interface RunnableTools {
	tools: Map<string, Tool>;
	/** What each of them can choose from on this machine. */
	capabilities: Record<string, Capabilities>;
}

/** Those tools that can do their work here; the others are named in the log, with what they lack. Throws when none is left. */
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
	if (runnable.tools.size === 0) throw new Error('no tool can run here: none has all that it needs');
	return runnable;
}

/** Undefined for a tool that can't run here. */
async function probe(tool: Tool, scratchRoot: string, logger: Logger): Promise<Capabilities | undefined> {
	const { slug, binaries } = tool.manifest;
	const missing = await missingBinaries(binaries);
	if (missing.length > 0) {
		logger.error('worker.tool_unavailable', { tool: slug, missing_programs: missing });
		return undefined;
	}
	try {
		return await probeCapabilities(tool, scratchRoot);
	} catch (error) {
		logger.error('worker.tool_unavailable', { tool: slug, error });
		return undefined;
	}
}
