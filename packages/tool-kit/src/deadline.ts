import type { ToolLimits } from './manifest.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** How long a run on an input of this size may take, in milliseconds. */
export function deadlineMs(limits: ToolLimits, inputSizeBytes: number): number {
	const { baseMs, perMiBMs, capMs } = limits.deadline;
	return Math.min(capMs, Math.ceil(baseMs + (perMiBMs * inputSizeBytes) / BYTES_PER_MIB));
}
