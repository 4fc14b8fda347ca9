import type { Job, JobErrorCode } from '@creatorr/client';
import type { Field, SecretField } from '../tool/params/fields.ts';

const WANTS_PASSWORD = new Set<JobErrorCode>(['encrypted_input', 'wrong_password']);

/** The secrets that running a job again needs from the person: those it had, which nobody keeps, or the one it lacked. */
export function secretsToAsk(
	{ params, error_code: code }: Pick<Job, 'params' | 'error_code'>,
	fields: readonly Field[],
): SecretField[] {
	const secrets = fields.filter((field) => field.kind === 'secret');
	const isLocked = code !== undefined && WANTS_PASSWORD.has(code);
	return secrets.filter(({ name }) => (params[name] ?? null) !== null || (isLocked && name === 'password'));
}
