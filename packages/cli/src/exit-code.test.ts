import { ApiError, ConnectionError, type ErrorCode, type Job, JobError, StoreError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { describeError, errorLines } from './describe-error.ts';
import { InterruptedError, NotSignedInError, UsageError } from './errors.ts';
import { EXIT_HELP, exitCodeOf } from './exit-code.ts';

const apiError = (code: string, status: number, { message = 'no', ...more }: Record<string, unknown> = {}) =>
	new ApiError(String(message), {
		code: code as ErrorCode,
		status,
		requestId: 'req_1',
		details: [],
		retryAfterMs: undefined,
		...more,
	});
const fileError = Object.assign(new Error('ENOENT: …'), { code: 'ENOENT', syscall: 'open', path: 'in.pdf' });

test.each([
	[new JobError({ status: 'failed', error_code: 'timeout' } as Job), 1],
	[new UsageError('no'), 2],
	[new CommanderError(1, 'commander.unknownOption', 'no'), 2],
	[fileError, 2],
	[apiError('validation', 400), 2],
	[apiError('unauthorized', 401), 3],
	[apiError('invalid_credentials', 401), 3],
	[new NotSignedInError('no'), 3],
	[apiError('plan_limit', 403), 4],
	[apiError('insufficient_scope', 403), 4],
	[apiError('rate_limited', 429), 4],
	[apiError('too_large', 413), 4],
	[new ConnectionError('no'), 5],
	[apiError('upstream_unavailable', 503), 5],
	[new StoreError('no', { status: 403 }), 5],
	[apiError('not_found', 404), 6],
	[apiError('internal', 500), 70],
	[apiError('upstream_unavailable', 504), 5],
	[apiError('of_next_year', 403), 4],
	[apiError('of_next_year', 418), 70],
	[new TypeError('a bug'), 70],
	[new InterruptedError('SIGINT'), 130],
	[new InterruptedError('SIGTERM'), 143],
	[new CommanderError(0, 'commander.help', ''), 0],
])('%s exits with %i', (error, code) => {
	expect(exitCodeOf(error)).toBe(code);
	expect(EXIT_HELP).toMatch(new RegExp(`\\b${code}\\b`));
});

test.each([
	[fileError, 'in.pdf: no such file or directory'],
	[
		new StoreError('storage didn’t keep the file', { status: 200 }),
		'storage didn’t keep the file. Try again in a moment.',
	],
	[apiError('internal', 500), 'no (req_1)'],
	[apiError('rate_limited', 429, { retryAfterMs: 1_500 }), 'no. Try again in 2 s.'],
	[
		apiError('rate_limited', 429, { message: 'Too many. Try again in 5 minutes.', retryAfterMs: 300_000 }),
		'Too many. Try again in 5 minutes.',
	],
	[
		apiError('validation', 400, { details: [{ path: 'params.pages', message: 'must be pages' }] }),
		'no. --pages: must be pages',
	],
	[
		new JobError({ error_message: 'Set params.user_password to another password.' } as Job),
		'Set --user-password to another password.',
	],
	[
		new ConnectionError('no connection', {
			cause: new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
		}),
		'no connection: ECONNREFUSED. Check your network and the URL of the API (--api), then try again.',
	],
])('%s has a message', (error, message) => {
	expect(describeError(error).message).toBe(message);
});

const docsUrl = 'https://creatorr.example/docs/errors/code';

test.each([
	[apiError('plan_limit', 403, { docsUrl }), ['no', `More about this error: ${docsUrl}`]],
	[apiError('internal', 500, { docsUrl }), ['no (req_1)', `More about this error: ${docsUrl}`]],
	// the message says what to do
	[apiError('not_found', 404, { docsUrl }), ['no']],
	// the API has no public URL
	[apiError('plan_limit', 403, { docsUrl: '/docs/errors/plan_limit' }), ['no']],
	[apiError('plan_limit', 403), ['no']],
])('%s is printed with a link that helps', (error, lines) => {
	expect(errorLines(error)).toEqual(lines);
});
