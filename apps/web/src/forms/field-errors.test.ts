import { ApiError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { refusedFields } from './field-errors.ts';

const refusal = new ApiError('the request is not valid', {
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

test('each field that is shown gets the first thing that is wrong with it', () => {
	expect(refusedFields(refusal, ['email', 'password'])).toEqual({ email: 'Must be an email address.' });
});

test('without an answer of the API nothing is wrong with a field', () => {
	expect(refusedFields(new Error('no connection'), ['email'])).toEqual({});
});
