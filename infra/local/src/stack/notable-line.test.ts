import { describe, expect, test } from '@jest/globals';
import { notableLine } from './notable-line.ts';

describe('notableLine', () => {
	test('shows what becomes of a job', () => {
		const started = { level: 'info', event: 'job.started', job_id: 'job_1', tool: 'ocr', attempt: 2 };
		expect(notableLine(JSON.stringify(started))).toBe('job_1 started: ocr, attempt 2');
		const ended = { level: 'info', event: 'job.outcome_handled', job_id: 'job_1', outcome: 'succeeded' };
		expect(notableLine(JSON.stringify(ended))).toBe('job_1 succeeded');
	});

	test('shows trouble of any name, with what led to it', () => {
		const line = { level: 'error', event: 'relay.failed', error: { message: 'no route' }, job_id: 'job_1' };
		expect(notableLine(JSON.stringify(line))).toBe('error: relay.failed no route job_id=job_1');
	});

	test('leaves out requests that could not be answered because another part is away', () => {
		const line = { level: 'error', event: 'http.error', code: 'upstream_unavailable', request_id: 'req_1' };
		expect(notableLine(JSON.stringify(line))).toBeUndefined();
		expect(notableLine(JSON.stringify({ ...line, code: 'internal' }))).toBe(
			'error: http.error code=internal request_id=req_1',
		);
	});

	test.each([
		'{"level":"info","event":"http.request"}',
		'LOG: database system is ready',
		'{broken',
		'{"event":"job.started"}',
	])('leaves %s in the log', (line) => {
		expect(notableLine(line)).toBeUndefined();
	});

	test('stays one line, of bounded length', () => {
		const shown =
			notableLine(JSON.stringify({ level: 'warn', event: 'x', message: 'a\nb'.repeat(500) })) ?? '';
		expect(shown).not.toContain('\n');
		expect(shown.length).toBeLessThanOrEqual(200);
	});
});
