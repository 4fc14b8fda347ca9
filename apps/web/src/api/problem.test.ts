import { ApiError, ConnectionError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { describeProblem, sentence } from './problem.ts';

const apiError = (code: ApiError['code'], message = 'there is no such file') =>
	new ApiError(message, { code, status: 400, requestId: 'req_1', details: [], retryAfterMs: undefined });

test.each([
	['must be an email address', 'Must be an email address.'],
	['is it so?', 'Is it so?'],
	['', '.'],
])('the message %p is the sentence %p', (message, text) => {
	expect(sentence(message)).toBe(text);
});

test('offline is told from an API that does not answer', () => {
	const error = new ConnectionError('no connection');
	expect(describeProblem(error, false)).toContain('offline');
	expect(describeProblem(error, true)).toContain('doesn’t answer');
});

test('what the API says is shown as it says it', () => {
	expect(describeProblem(apiError('not_found'), true)).toBe('There is no such file.');
});

test('a bug of ours comes with the number to tell', () => {
	expect(describeProblem(apiError('internal', 'x'), true)).toContain('req_1');
});
