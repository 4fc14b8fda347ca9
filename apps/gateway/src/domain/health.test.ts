import { describe, expect, test } from '@jest/globals';
import { sumUpHealth } from './health.ts';

const ok = { status: 200, body: { data: { status: 'ok' } } };
const failing = (...paths: string[]) => ({
	status: 503,
	body: {
		error: {
			code: 'upstream_unavailable',
			message: 'no',
			request_id: 'req_1',
			details: paths.map((path) => ({ path, message: 'does not answer' })),
		},
	},
});

describe('sumUpHealth', () => {
	test('is well when every service is', () => {
		expect(sumUpHealth({ auth: ok, jobs: ok })).toEqual({
			status: 'ok',
			services: { auth: 'ok', jobs: 'ok' },
		});
	});

	test.each([
		[
			'a part that several services need, once',
			{ a: failing('rabbitmq'), b: failing('rabbitmq', 's3') },
			['rabbitmq', 's3'],
		],
		['a service that does not answer', { auth: ok, jobs: undefined }, ['jobs']],
		['a service that fails without a word', { jobs: { status: 500, body: 'oops' } }, ['jobs']],
	])('names %s', (_, readiness, paths) => {
		expect(() => sumUpHealth(readiness)).toThrow(
			expect.objectContaining({
				code: 'upstream_unavailable',
				details: paths.map((path) => expect.objectContaining({ path })),
			}),
		);
	});
});
