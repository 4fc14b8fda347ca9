import type { JobOutcome } from '@creatorr/contracts/events';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { truncate } from '@creatorr/contracts/text';

type Result = Extract<JobOutcome, { status: 'succeeded' }>['result'];

/**
 * Cuts an outcome to what a job may tell its owner. A document decides how much a tool finds to say, such as a warning for each
 * of its fonts; every list of jobs repeats it.
 */
export function boundOutcome(outcome: JobOutcome): JobOutcome {
	if (outcome.status === 'succeeded') return { ...outcome, result: boundResult(outcome.result) };
	return { ...outcome, error_message: truncate(outcome.error_message, JOB_LIMITS.errorMessageLength) };
}

/** Drops what the tool adds, then warnings from the end, until the result fits. */
function boundResult(result: Result): Result {
	const shortened = { ...result, warnings: boundWarnings(result.warnings) };
	if (fits(shortened)) return shortened;
	const { bytes_in, bytes_out, duration_ms } = result;
	const plain = { bytes_in, bytes_out, duration_ms, warnings: [...shortened.warnings] };
	while (!fits(plain)) plain.warnings.pop();
	return plain;
}

function boundWarnings(warnings: readonly string[]): string[] {
	const kept = warnings.slice(0, JOB_LIMITS.warnings);
	const more = warnings.length - kept.length;
	if (more > 0) kept.splice(-1, 1, `more_warnings: ${more + 1} further warnings`);
	return kept.map((warning) => truncate(warning, JOB_LIMITS.warningLength));
}

function fits(result: Result): boolean {
	return Buffer.byteLength(JSON.stringify(result)) <= JOB_LIMITS.resultBytes;
}
