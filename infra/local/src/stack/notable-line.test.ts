import { describe, expect, test } from '@jest/globals';
import { notableLine } from './notable-line.ts';

describe('notableLine', () => {
	test('shows what becomes of a job', () => {
		const line = { level: 'info', event: 'job.finished', job_id: 'job_1', status: 'succeeded', time: 'now' };
		expect(notableLine(JSON.stringify(line))).toBe('job.finished job_id=job_1 status=succeeded');
	});

	test('shows trouble of any name', () => {
		const line = { level: 'error', event: 'relay.failed', message: 'the broker is gone' };
		expect(notableLine(JSON.stringify(line))).toBe('error: relay.failed the broker is gone');
	});

	test.each([
		'{"level":"info","event":"http.request"}',
		'LOG: database system is ready',
		'{broken',
		'{"event":"job.finished"}',
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
