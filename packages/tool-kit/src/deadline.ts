import type { ToolLimits, ToolManifest } from './manifest.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** What is known of how much work an input is. */
export interface Workload {
	sizeBytes: number;
	/** As soon as they were counted. */
	pages?: number | undefined;
}

/** How long a run on such an input may take, in milliseconds. */
export function deadlineMs({ deadline }: ToolLimits, { sizeBytes, pages = 0 }: Workload): number {
	const { baseMs, perMiBMs, perPageMs = 0, capMs } = deadline;
	return Math.min(capMs, Math.ceil(baseMs + (perMiBMs * sizeBytes) / BYTES_PER_MIB + perPageMs * pages));
}

/** How long a run on such an input takes, as far as the manifest knows; 0 where it does not. In milliseconds. */
export function expectedMs(
	{ expected }: Pick<ToolManifest, 'expected'>,
	{ sizeBytes, pages }: Workload,
): number {
	if (!expected) return 0;
	const { perMiBMs, perPageMs } = expected;
	if (pages !== undefined && perPageMs !== undefined) return Math.ceil(perPageMs * pages);
	return Math.ceil((perMiBMs * sizeBytes) / BYTES_PER_MIB);
}
