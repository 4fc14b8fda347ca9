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
	alarms: ['rabbitmq: disk alarm (120 MiB free, limit 256 MiB): docs/runbooks/disk.md'],
	disk: { free_bytes: 25 * 1024 ** 3, total_bytes: 100 * 1024 ** 3 },
};

test('the report fits a terminal of 80 columns', () => {
	const text = renderStatus(REPORT, NOW_MS);
	expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
	expect(text).toMatch(/jobs +NOT RESPONDING +8 +2\n/);
	expect(text).toMatch(/dead letters +3: docs\/runbooks\/dead-letters.md\n/);
	expect(text).toMatch(/alarms\n +rabbitmq: disk alarm/);
	expect(text).toMatch(/compress_heavy +9999 +2h +16 +4 +64\n/);
	expect(text).toMatch(/10m ago +compress_heavy +unsupported_input +job_01KAZ/);
	expect(text).toMatch(/queues\n +queue +messages\n +dead-letters +3\n\n/);
	expect(text).toMatch(/jobs +5 +2m\n +auth +0 +-\n/);
	expect(text).toMatch(/disk +25 GiB free of 100 GiB \(75% used\)\n/);
});

test('unknown values are shown as unknown, not as nothing', () => {
	const down = { tools: null, workers: null, recent_failures: null, queues: null, dead_letters: null };
	const text = renderStatus({ ...REPORT, ...down, outboxes: null, stored: null }, NOW_MS);
	const names = ['jobs by tool', 'workers', 'recent failures', 'queues', 'dead letters', 'outbox', 'stored'];
	for (const name of names) expect(text).toMatch(new RegExp(`^${name} +-$`, 'm'));
});

test('a product without workers is shown in capitals', () => {
	expect(renderStatus({ ...REPORT, workers: [] }, NOW_MS)).toMatch(
		/^workers +NONE, no jobs run: docs\/runbooks\/backlog\.md$/m,
	);
});

test('ages and sizes are rounded to the unit that people read', () => {
	expect([3, 120, 7_200, 200_000].map(shortAge)).toEqual(['3s', '2m', '2h', '2d']);
	expect([12, 2_048, 1_500_000_000].map(shortSize)).toEqual(['12 B', '2.0 KiB', '1.4 GiB']);
});
