import { expect, test } from '@jest/globals';
import type { StatusReport } from './collect.ts';
import { shortAge, shortSize } from './format.ts';
import { renderStatus } from './render.ts';

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');

const REPORT: StatusReport = {
	home: '/srv/creatorr',
	url: 'http://127.0.0.1:8080',
	supervisor_pid: 7,
	processes: [
		{ name: 'jobs', state: 'ready', pid: 8, restarts: 2 },
		{ name: 'files', state: 'restarting', pid: null, restarts: 11 },
	],
	silent: ['jobs'],
	tools: {
		compress_heavy: { queued: 9_999, running: 16, oldest_queued_seconds: 7_200, workers: 4, slots: 64 },
		ocr: { queued: 0, running: 0, oldest_queued_seconds: 0, workers: 0, slots: 0 },
	},
	workers: [{ id: 'tool-worker-12-01KAZ0000000000000000000ZZ', running: 16, silent_seconds: 1.2 }],
	recent_failures: [
		{
			job_id: 'job_01KAZ0000000000000000000ZZ',
			tool: 'compress_heavy',
			error_code: 'unsupported_input',
			request_id: 'req_1',
			ended_at: '2026-01-01T11:50:00Z',
		},
	],
	queues: { 'dead-letters': 3, 'tool.ocr': 0 },
	dead_letters: 3,
	outboxes: { jobs: { waiting: 5, oldest_age_seconds: 100 }, auth: { waiting: 0, oldest_age_seconds: 0 } },
	mails_waiting: 0,
	files_due: 12,
	stored: { files: 3, bytes: 5 * 1024 ** 3 },
	alarms: ['rabbitmq: disk alarm (120 MiB free, limit 256 MiB), no publish accepted'],
	disk: { free_bytes: 25 * 1024 ** 3, total_bytes: 100 * 1024 ** 3 },
};

test('the report fits a terminal of 80 columns', () => {
	const lines = renderStatus(REPORT, NOW_MS);
	expect(lines.filter((line) => line.length > 80)).toEqual([]);
	const text = lines.join('\n');
	expect(text).toMatch(/jobs +ready +pid 8 restarted 2 times NOT RESPONDING/);
	expect(text).toMatch(/ALARMS\n +rabbitmq: disk alarm/);
	expect(text).toMatch(/compress_heavy +9999 +2h +16 +64 +4/);
	expect(text).toMatch(/10m ago +compress_heavy +unsupported_input +job_01KAZ/);
	expect(text).toMatch(/dead letters +3: docs\/runbooks\/dead-letters.md/);
	expect(text).toMatch(/outbox +jobs 5 \(2m\), auth 0/);
	expect(text).toMatch(/disk +25 GiB free of 100 GiB \(75% used\)/);
});

test('unknown values are shown as unknown, not as nothing', () => {
	const down = { tools: null, workers: null, recent_failures: null, queues: null, dead_letters: null };
	const text = renderStatus({ ...REPORT, ...down, outboxes: {}, stored: null }, NOW_MS).join('\n');
	expect(text).toContain('unknown: the jobs service is down');
	expect(text).toMatch(/dead letters +\?/);
	expect(text).toMatch(/outbox +\?/);
	expect(text).not.toMatch(/\bnone\b|NONE|empty/);
});

test('a product without workers is shown in capitals', () => {
	expect(renderStatus({ ...REPORT, workers: [] }, NOW_MS).join('\n')).toContain('NONE: no jobs run');
});

test('ages and sizes are rounded to the unit that people read', () => {
	expect([3, 120, 7_200, 200_000].map(shortAge)).toEqual(['3s', '2m', '2h', '2d']);
	expect([12, 2_048, 1_500_000_000].map(shortSize)).toEqual(['12 B', '2.0 KiB', '1.4 GiB']);
});
