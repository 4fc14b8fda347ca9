import type { JobOutcome } from '@creatorr/contracts/events';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { truncate } from '@creatorr/contracts/text';

type Result = Extract<JobOutcome, { status: 'succeeded' }>['result'];

/**
 * Truncates an outcome to the size that a job may show. A document decides how much a tool reports, such as a warning for each of its
 * fonts, and every list of jobs repeats it.
 */
export function truncateOutcome(outcome: JobOutcome): JobOutcome {
	if (outcome.status === 'succeeded') return { ...outcome, result: truncateResult(outcome.result) };
	return { ...outcome, error_message: truncate(outcome.error_message, JOB_LIMITS.errorMessageLength) };
}

/**
 * Truncates a result to the size that a job may show: first drops warnings from the end, then the tool's own fields, which a warning then
 * names.
 */
export function truncateResult(result: Result): Result {
	const truncated = withFewerWarnings(result, result.warnings);
	if (truncated) return truncated;
	const { bytes_in, bytes_out, duration_ms, warnings, ...omitted } = result;
	const omission = `fields_omitted: The result was too large, so these fields were left out: ${Object.keys(omitted).join(', ')}.`;
	const plain = { bytes_in, bytes_out, duration_ms, warnings: [] };
	return withFewerWarnings(plain, [omission, ...warnings]) ?? plain;
}

/** Returns undefined when not even the result with one warning fits. */
function withFewerWarnings(result: Result, warnings: readonly string[]): Result | undefined {
	const most = Math.min(warnings.length, JOB_LIMITS.warnings);
	for (let count = most; count >= Math.min(1, most); count--) {
		const truncated = { ...result, warnings: firstWarnings(warnings, count) };
		if (fits(truncated)) return truncated;
	}
	return undefined;
}

/** Returns `count` warnings. If there are more, the last one says how many. */
function firstWarnings(warnings: readonly string[], count: number): string[] {
	const kept = warnings.slice(0, count);
	const more = warnings.length - kept.length;
	if (more > 0) kept.splice(-1, 1, `more_warnings: ${more + 1} more warnings.`);
	return kept.map((warning) => truncate(warning, JOB_LIMITS.warningLength));
}

function fits(result: Result): boolean {
	return Buffer.byteLength(JSON.stringify(result)) <= JOB_LIMITS.resultBytes;
}
