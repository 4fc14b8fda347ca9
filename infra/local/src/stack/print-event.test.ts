import { expect, test } from '@jest/globals';
import { describeLine } from './print-event.ts';

const away = { level: 'error', event: 'http.error', code: 'upstream_unavailable', request_id: 'req_1' };

test.each([
	['job_1 started: ocr, attempt 2', { event: 'job.started', job_id: 'job_1', tool: 'ocr', attempt: 2 }],
	['job_1 succeeded', { event: 'job.outcome_handled', job_id: 'job_1', outcome: 'succeeded' }],
	[
		'error: relay.failed no route job_id=job_1',
		{ level: 'error', event: 'relay.failed', error: { message: 'no route' }, job_id: 'job_1' },
	],
	[
		'warn: health.not_ready down=s3 is down',
		{ level: 'warn', event: 'health.not_ready', down: 's3 is down' },
	],
	['error: http.error code=internal request_id=req_1', { ...away, code: 'internal' }],
	[undefined, away],
	[undefined, { level: 'info', event: 'http.request' }],
])('describeLine returns %j', (expected, line) => {
	expect(describeLine(JSON.stringify({ level: 'info', ...line }))).toBe(expected);
});

test.each(['LOG: database system is ready', '{broken', 'null'])(
	'describeLine leaves %s in the log',
	(line) => {
		expect(describeLine(line)).toBeUndefined();
	},
);
