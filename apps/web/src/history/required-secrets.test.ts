import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { fieldsOf } from '../tool-page/params/fields.ts';
import { requiredSecrets } from './required-secrets.ts';

const secret = { type: 'string', writeOnly: true, format: 'password', default: null };
const fields = fieldsOf({
	params: { properties: { quality: { type: 'integer' }, password: secret, owner_password: secret } },
});
const required = (job: Pick<Job, 'params' | 'error_code'>) =>
	requiredSecrets(job, fields).map(({ name }) => name);

test('asks for no secret that the job did not have', () => {
	expect(required({ params: { quality: 70, password: null } })).toEqual([]);
});

test('asks for a secret that the job had', () => {
	expect(required({ params: { owner_password: '[redacted]' } })).toEqual(['owner_password']);
});

test('asks for the password of a locked file', () => {
	expect(required({ params: { password: null }, error_code: 'encrypted_input' })).toEqual(['password']);
});
