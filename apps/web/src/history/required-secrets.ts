import type { Job, JobErrorCode } from '@creatorr/client';
import type { Field, SecretField } from '../tool-page/params/fields.ts';

const PASSWORD_ERRORS = new Set<JobErrorCode>(['encrypted_input', 'wrong_password']);

/**
 * Returns the secrets that the user has to enter to run a job again: those it had, which are not stored, or the password
 * it lacked.
 */
export function requiredSecrets(
	{ params, error_code: code }: Pick<Job, 'params' | 'error_code'>,
	fields: readonly Field[],
): SecretField[] {
	const secrets = fields.filter((field) => field.kind === 'secret');
	const isLocked = code !== undefined && PASSWORD_ERRORS.has(code);
	return secrets.filter(({ name }) => (params[name] ?? null) !== null || (isLocked && name === 'password'));
}
