import { formatDuration } from '@creatorr/contracts/format';
import type { ToolLimits, ToolManifest } from '../tool/manifest.ts';
import { ToolError } from '../tool/tool-error.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** What determines the run time of an input. */
export interface Workload {
	sizeBytes: number;
	/** Undefined until they are counted. */
	pages?: number | undefined;
}

/** Returns how long a run on this input may take, in milliseconds. */
export function deadlineMs({ deadline }: ToolLimits, { sizeBytes, pages = 0 }: Workload): number {
	const { baseMs, perMiBMs, perPageMs = 0, capMs } = deadline;
	return Math.min(capMs, Math.ceil(baseMs + (perMiBMs * sizeBytes) / BYTES_PER_MIB + perPageMs * pages));
}

/** Estimates how long a run on this input takes, in milliseconds. Returns 0 if the manifest has no estimate. */
export function expectedMs(
	{ expected }: Pick<ToolManifest, 'expected'>,
	{ sizeBytes, pages }: Workload,
): number {
	if (!expected) return 0;
	const { perMiBMs, perPageMs } = expected;
	if (pages !== undefined && perPageMs !== undefined) return Math.ceil(perPageMs * pages);
	return Math.ceil((perMiBMs * sizeBytes) / BYTES_PER_MIB);
}

/** Measures the time of one run and ends the run at its deadline. */
export interface RunClock {
	/** Aborted with a ToolError `timeout`. */
	signal: AbortSignal;
	/** Extends the allowed time, counted from the start of the run. A shorter time than before is ignored. */
	allow(allowedMs: number): void;
	/** Adds time that the run spent waiting for a CPU, which does not count. */
	addCpuWait(ms: number): void;
	stop(): void;
}

export function startRunClock(firstAllowedMs: number): RunClock {
	const startedAtMs = performance.now();
	const timeout = new AbortController();
	let allowedMs = firstAllowedMs;
	let cpuWaitMs = 0;
	let timer = setTimeout(check, allowedMs);

	function check(): void {
		const leftMs = startedAtMs + allowedMs + cpuWaitMs - performance.now();
		// The allowed time may have grown while the timer ran.
		if (leftMs > 0) timer = setTimeout(check, Math.ceil(leftMs));
		else timeout.abort(timeoutError(allowedMs));
	}

	return {
		signal: timeout.signal,
		allow(ms) {
			allowedMs = Math.max(allowedMs, ms);
		},
		addCpuWait(ms) {
			cpuWaitMs += ms;
		},
		stop() {
			clearTimeout(timer);
		},
	};
}

function timeoutError(allowedMs: number): ToolError {
	return new ToolError(
		'timeout',
		`Processing took longer than the time limit of ${formatDuration(allowedMs / 1000)}. Split the file into smaller ones.`,
	);
}
