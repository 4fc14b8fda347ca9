import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import type { CommandResult } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';

const LIMIT_SIGNALS: readonly (string | null)[] = ['SIGXCPU', 'SIGXFSZ', 'SIGKILL'];
const OUT_OF_MEMORY = /std::bad_alloc|MemoryError|VMerror|Cannot allocate memory|out of memory/i;
/** Python's message for a file that exceeds the limit. */
const OUT_OF_DISK = /\[Errno 27\] File too large/;

/** Message for a PDF with content that is compressed extremely. */
export const TOO_LARGE_UNPACKED =
	'The content of this PDF is too large to process, although the file is small. Open it, choose Print, then “Save as PDF”, and use the new file.';

/** Throws `limit_exceeded` if a command failed because it exceeded its time, disk or memory limit. */
export function throwOnLimit(result: CommandResult): void {
	if (result.exitCode === 0 || result.timedOut) return;
	const reportsLimit = OUT_OF_MEMORY.test(result.stderrTail) || OUT_OF_DISK.test(result.stderrTail);
	if (!LIMIT_SIGNALS.includes(result.signal) && !reportsLimit) return;
	throw new ToolError(
		'limit_exceeded',
		'This file takes too much memory, disk space or time to process. Split it into smaller files.',
		{ cause: failureReport(result) },
	);
}

/** Returns the error for a command that failed for a reason that the user can't fix. */
export function toolFailed(result: CommandResult): ToolError {
	return new ToolError(
		'tool_failed',
		'The tool couldn’t process this file. Open it, save a new copy, and try with that.',
		{
			cause: failureReport(result),
		},
	);
}
