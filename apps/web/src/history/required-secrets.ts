import { JOB_ERRORS, type Job } from '@creatorr/client';
import type { Field, SecretField } from '../params/fields.ts';
import { passwordField } from '../uploads/list/describe-failure.ts';

/**
 * Returns the secrets that the user has to enter to run a job again: those it had, which are not stored, or the password
 * it lacked.
 */
export function requiredSecrets(
	job: Pick<Job, 'params' | 'error_code' | 'error_message'>,
	fields: readonly Field[],
): SecretField[] {
	const missing = missingPassword(job, fields);
	const secrets = fields.filter((field) => field.kind === 'secret');
	return secrets.filter(({ name }) => (job.params[name] ?? null) !== null || name === missing);
}

/** Returns the param of the password that a failed job lacked; undefined if no password helps. */
export function missingPassword(
	{ error_code: code, error_message: message = '' }: Pick<Job, 'error_code' | 'error_message'>,
	fields: readonly Field[],
): string | undefined {
	return code && passwordField({ code, message }, fields);
}

/** Whether a job may succeed when it runs again with the same params, or with a password that the user enters. */
export function canRunAgain(
	job: Pick<Job, 'status' | 'error_code' | 'error_message' | 'error_retryable'>,
	fields: readonly Field[],
): boolean {
	const { status, error_code: code = 'internal', error_retryable: isRetryable } = job;
	if (status !== 'failed') return true;
	return (isRetryable ?? JOB_ERRORS[code]?.retryable ?? true) || missingPassword(job, fields) !== undefined;
}
