import type { Capabilities } from '@creatorr/contracts/jobs';
import { execSandboxed } from './exec.ts';
import { requirePythonModules } from './python-modules.ts';
import type { Probe } from './run.ts';
import { createScratch, removeScratch } from './scratch.ts';
import type { Tool } from './tool.ts';

/** So long that only what hangs takes longer, also where everything starts at once. */
const PROBE_TIMEOUT_MS = 120_000;

/**
 * What the tool can choose from on this machine; nothing for a tool that says nothing of the kind. Throws where that can't be
 * found out, or a Python module is missing that the tool needs: it would fail every job.
 */
export async function probeCapabilities(tool: Tool, scratchRoot: string): Promise<Capabilities> {
	const { capabilities, manifest } = tool;
	if (!capabilities && !manifest.pythonModules) return {};
	const scratch = await createScratch(scratchRoot);
	const { memoryBytes, maxFileBytes, maxProcesses } = manifest.limits;
	const limits = { memoryBytes, maxFileBytes, maxProcesses, cpuSeconds: PROBE_TIMEOUT_MS / 1000 };
	const exec: Parameters<Probe>[0]['exec'] = (command, args, options) =>
		execSandboxed({ timeoutMs: PROBE_TIMEOUT_MS, ...options, command, args, scratch, limits });
	try {
		await requirePythonModules(exec, manifest.pythonModules ?? []);
		return (await capabilities?.({ exec })) ?? {};
	} finally {
		await removeScratch(scratch);
	}
}
