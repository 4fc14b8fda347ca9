import { execSandboxed } from '@creatorr/tool-kit/sandbox/exec';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { CommandOptions, CommandResult } from '@creatorr/tool-kit/tool/tool';

const GIB = 1024 ** 3;
const TIMEOUT_MS = 20 * 60_000;

/** As much as any tool may use, so that nothing ends for want of it. */
const LIMITS = {
	memoryBytes: 8 * GIB,
	maxFileBytes: 8 * GIB,
	maxProcesses: 512,
	cpuSeconds: (2 * TIMEOUT_MS) / 1000,
};

/** Runs a command in the sandbox that the tools' own commands run in. */
export function runCommand(
	scratch: Scratch,
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<CommandResult> {
	return execSandboxed({ timeoutMs: TIMEOUT_MS, ...options, command, args, scratch, limits: LIMITS });
}
