import { expect, test } from '@jest/globals';
import { secretsToAsk } from './job-secrets.ts';

const tool = {
	params: { properties: { quality: {}, password: { writeOnly: true }, owner_password: { writeOnly: true } } },
};

test('a job without secrets runs again as it is', () => {
	expect(secretsToAsk({ params: { quality: 70, password: null } }, tool)).toEqual([]);
});

test('a secret that it had has to be given again', () => {
	expect(secretsToAsk({ params: { owner_password: '[redacted]' } }, tool)).toEqual(['owner_password']);
});

test('a locked file needs its password', () => {
	expect(secretsToAsk({ params: { password: null }, error_code: 'encrypted_input' }, tool)).toEqual([
		'password',
	]);
});

test('of a tool that is gone nothing is known', () => {
	expect(secretsToAsk({ params: { password: '[redacted]' } }, undefined)).toEqual([]);
});
