import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { fieldsOf } from '../tool/params/fields.ts';
import { secretsToAsk } from './job-secrets.ts';

const secret = { type: 'string', writeOnly: true, format: 'password', default: null };
const fields = fieldsOf({
	params: { properties: { quality: { type: 'integer' }, password: secret, owner_password: secret } },
});
const asked = (job: Pick<Job, 'params' | 'error_code'>) => secretsToAsk(job, fields).map(({ name }) => name);

test('a job without secrets runs again as it is', () => {
	expect(asked({ params: { quality: 70, password: null } })).toEqual([]);
});

test('a secret that it had has to be given again', () => {
	expect(asked({ params: { owner_password: '[redacted]' } })).toEqual(['owner_password']);
});

test('a locked file needs its password', () => {
	expect(asked({ params: { password: null }, error_code: 'encrypted_input' })).toEqual(['password']);
});
