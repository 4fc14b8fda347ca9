import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { fieldsOf } from '../params/fields.ts';
import { canRunAgain, requiredSecrets } from './required-secrets.ts';

const secret = { type: 'string', writeOnly: true, format: 'password', default: null };
const fields = fieldsOf({
	params: { properties: { quality: { type: 'integer' }, password: secret, owner_password: secret } },
});
const LOCKED = {
	error_code: 'encrypted_input',
	error_message: 'Set params.password to its password.',
} as const;
const required = (job: Pick<Job, 'params' | 'error_code' | 'error_message'>) =>
	requiredSecrets(job, fields).map(({ name }) => name);

test('asks for no secret that the job did not have', () => {
	expect(required({ params: { quality: 70, password: null } })).toEqual([]);
});

test('asks for a secret that the job had', () => {
	expect(required({ params: { owner_password: '[redacted]' } })).toEqual(['owner_password']);
});

test('asks for the password of a locked file', () => {
	expect(required({ params: { password: null }, ...LOCKED })).toEqual(['password']);
});

test.each<[boolean, Pick<Job, 'status' | 'error_code' | 'error_message' | 'error_retryable'>]>([
	[true, { status: 'succeeded' }],
	[true, { status: 'canceled' }],
	[true, { status: 'failed', error_code: 'worker_lost', error_retryable: true }],
	[true, { status: 'failed', error_code: 'internal' }],
	[true, { status: 'failed', ...LOCKED, error_retryable: false }],
	[false, { status: 'failed', error_code: 'encrypted_input', error_retryable: false }],
	[false, { status: 'failed', error_code: 'unsupported_input', error_retryable: false }],
	[false, { status: 'failed', error_code: 'corrupt_input' }],
])('offers to run a job again: %p for %j', (isOffered, job) => {
	expect(canRunAgain(job, fields)).toBe(isOffered);
});
