import { ApiError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { refusedFields } from './use-form.ts';

const refusal = new ApiError('The request is invalid.', {
	code: 'validation',
	status: 400,
	requestId: 'req_1',
	retryAfterMs: undefined,
	details: [
		{ path: 'email', message: 'must be an email address' },
		{ path: 'email', message: 'is too long' },
		{ path: 'token', message: 'is used' },
	],
});

test('maps the first message of each shown field', () => {
	expect(refusedFields(refusal, ['email', 'password'])).toEqual({ email: 'Must be an email address.' });
});

test('shows a whole sentence for a password that is too easy to guess', () => {
	const message = 'is too easy to guess; use several unrelated words, or a password manager';
	const weak = new ApiError('The request is invalid.', {
		code: 'validation',
		status: 400,
		requestId: 'req_1',
		retryAfterMs: undefined,
		details: [{ path: 'password', message }],
	});
	expect(refusedFields(weak, ['email', 'password'])).toEqual({
		password: 'This password is too easy to guess. Use several unrelated words, or a password manager.',
	});
});

test('maps nothing without an API response', () => {
	expect(refusedFields(new Error('no connection'), ['email'])).toEqual({});
});
