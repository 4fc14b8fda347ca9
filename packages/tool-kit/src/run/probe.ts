import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capabilities } from '@creatorr/contracts/jobs';
import { execSandboxed } from '../sandbox/exec.ts';
import { SANDBOX_BINARY_DIRS } from '../sandbox/paths.ts';
import { createScratch, removeScratch } from '../scratch/scratch.ts';
import type { Tool, ToolContext } from '../tool/tool.ts';

/** Long enough for a busy machine on which all probes start at once; only a command that hangs takes longer. */
const PROBE_TIMEOUT_MS = 120_000;

/** Returns the executables that are not in the sandbox's search path. */
export async function missingBinaries(binaries: readonly string[]): Promise<string[]> {
	const found = await Promise.all(binaries.map(isInstalled));
	return binaries.filter((_, index) => !found[index]);
}

async function isInstalled(binary: string): Promise<boolean> {
	const tries = SANDBOX_BINARY_DIRS.map((directory) => access(join(directory, binary), constants.X_OK));
	const results = await Promise.allSettled(tries);
	return results.some((result) => result.status === 'fulfilled');
}

/**
 * Returns what the tool offers on this machine; an empty object for a tool without capabilities. Throws if the probe fails, or
 * if a Python module of the manifest is missing: every job would fail.
 */
export async function probeCapabilities(tool: Tool, scratchRoot: string): Promise<Capabilities> {
	const { capabilities, manifest } = tool;
	if (!capabilities && manifest.pythonModules.length === 0) return {};
	const scratch = await createScratch(scratchRoot);
	const { memoryBytes, maxFileBytes, maxProcesses } = manifest.limits;
	const limits = { memoryBytes, maxFileBytes, maxProcesses, cpuSeconds: PROBE_TIMEOUT_MS / 1000 };
	const exec: ToolContext['exec'] = (command, args, options) =>
		execSandboxed({ timeoutMs: PROBE_TIMEOUT_MS, ...options, command, args, scratch, limits });
	try {
		await requirePythonModules(exec, manifest.pythonModules);
		return (await capabilities?.({ exec })) ?? {};
	} finally {
		await removeScratch(scratch);
	}
}

/** Throws an Error that names the modules and the reason if the sandbox's Python can't import one of them. */
async function requirePythonModules(exec: ToolContext['exec'], modules: readonly string[]): Promise<void> {
	if (modules.length === 0) return;
	const result = await exec('python3', ['-I', '-c', `import ${modules.join(', ')}`]);
	if (result.exitCode === 0) return;
	const reason = result.timedOut ? 'it took too long' : result.stderrTail.trim().split('\n').at(-1);
	throw new Error(`Python can’t load ${modules.join(', ')}: ${reason}`);
}
