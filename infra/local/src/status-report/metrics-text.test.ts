import { expect, test } from '@jest/globals';
import { parseMetrics } from './metrics-text.ts';

test('values are read with their labels, comments are not', () => {
	const text = [
		'# HELP creatorr_jobs_queued Jobs that wait',
		'# TYPE creatorr_jobs_queued gauge',
		'creatorr_jobs_queued{tool="ocr"} 3',
		'creatorr_chore_runs_total{chore="a \\"b\\" c",outcome="broken off"} 1.5e+3',
		'creatorr_outbox_events 0',
		'',
	].join('\n');
	expect(parseMetrics(text)).toEqual([
		{ name: 'creatorr_jobs_queued', labels: { tool: 'ocr' }, value: 3 },
		{
			name: 'creatorr_chore_runs_total',
			labels: { chore: 'a "b" c', outcome: 'broken off' },
			value: 1_500,
		},
		{ name: 'creatorr_outbox_events', labels: {}, value: 0 },
	]);
});
