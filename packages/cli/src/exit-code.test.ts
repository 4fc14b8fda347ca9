import { ApiError, ConnectionError, type ErrorCode, type Job, JobError, StoreError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { describeError } from './describe-error.ts';
import { InterruptedError, NotSignedInError, UsageError } from './errors.ts';
import { EXIT_HELP, exitCodeOf } from './exit-code.ts';

const apiError = (code: string, more = {}) =>
	new ApiError('no', {
		...{ code: code as ErrorCode, status: 400, requestId: 'req_1', details: [], retryAfterMs: undefined },
		...more,
	});
const fileError = Object.assign(new Error('ENOENT: …'), { code: 'ENOENT', syscall: 'open', path: 'in.pdf' });

test.each([
	[new JobError({ status: 'failed', error_code: 'timeout' } as Job), 1],
	[new UsageError('no'), 2],
	[new CommanderError(1, 'commander.unknownOption', 'no'), 2],
	[fileError, 2],
	[apiError('validation'), 2],
	[apiError('unauthorized'), 3],
	[apiError('invalid_credentials'), 3],
	[new NotSignedInError('no'), 3],
	[apiError('plan_limit'), 4],
	[apiError('rate_limited'), 4],
	[apiError('too_large'), 4],
	[new ConnectionError('no'), 5],
	[apiError('upstream_unavailable'), 5],
	[new StoreError('no', { status: 403 }), 5],
	[apiError('not_found'), 6],
	[apiError('internal'), 70],
	[apiError('of_next_year'), 70],
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
	[apiError('unauthorized'), 'Your session has ended. Sign in again: creatorr login'],
	[apiError('internal'), 'no (req_1)'],
	[apiError('rate_limited', { retryAfterMs: 1_500 }), 'no. Try again in 2 s.'],
	[
		apiError('validation', { details: [{ path: 'params.pages', message: 'must be pages' }] }),
		'no. --pages: must be pages',
	],
	[
		new ConnectionError('no connection', {
			cause: new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }),
		}),
		'no connection: ECONNREFUSED',
	],
])('%s has a message', (error, message) => {
	expect(describeError(error).message).toBe(message);
});
