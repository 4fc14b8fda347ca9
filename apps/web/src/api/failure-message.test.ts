import { ApiError, ConnectionError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { failureMessage, toSentence } from './failure-message.ts';

const apiError = (code: ApiError['code'], message = 'No.') =>
	new ApiError(message, { code, status: 400, requestId: 'req_1', details: [], retryAfterMs: undefined });

test.each([
	['must be an email address', 'Must be an email address.'],
	['is it so?', 'Is it so?'],
	['', '.'],
])('turns the message %p into the sentence %p', (message, text) => {
	expect(toSentence(message)).toBe(text);
});

test('distinguishes being offline from an API that does not respond', () => {
	const error = new ConnectionError('no connection');
	expect(failureMessage(error, false)).toContain('offline');
	expect(failureMessage(error, true)).toContain('Can’t reach creatorr');
});

test('shows the API’s own message', () => {
	expect(failureMessage(apiError('plan_limit', 'You have 50 API keys.'), true)).toBe('You have 50 API keys.');
});

test('names no path of the item that the user has clicked', () => {
	const message = 'id: this endpoint is disabled; enable it first';
	expect(failureMessage(apiError('validation', message), true)).toBe(
		'This endpoint is disabled; enable it first.',
	);
});

test('says what to do about an item that no longer exists', () => {
	expect(failureMessage(apiError('not_found'), true)).toBe('It was deleted or has expired. Reload the page.');
});

test.each([
	['Too many requests. Wait the number of seconds in Retry-After, then try again.', 'Too many attempts.'],
	[
		'Too many concurrent uploads of request bodies from your network. Try again in a moment.',
		'Too many attempts.',
	],
	[
		'Too many accounts were created from your network. Try again in 1 hour.',
		'Too many accounts were created',
	],
])('of a limit shows only what is for people: %s', (message, text) => {
	expect(failureMessage(apiError('rate_limited', message), true)).toContain(text);
});

test('shows the request id of an internal error with the contact that asks for it', () => {
	const contact = { text: 'help@example.com', href: 'mailto:help@example.com' };
	expect(failureMessage(apiError('internal', 'x'), true, contact)).toContain(
		'contact help@example.com with this ID: req_1',
	);
});

test('asks to try again later after an internal error, and shows no ID, if no contact is known', () => {
	expect(failureMessage(apiError('internal', 'x'), true)).toBe(
		'Something went wrong on our side. Try again later.',
	);
});

test('shows limits of jobs in local time and as limits of files', () => {
	const text = failureMessage(
		apiError('plan_limit', 'You have 1,000 queued jobs. Wait until 00:00 UTC.'),
		true,
	);
	expect(text).toMatch(/^You have 1,000 files in the queue\. Wait until \d?\d:\d\d/);
	expect(text).not.toContain('UTC');
});
