import type { Plan, Tool } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { planRows } from './plan-rows.ts';

const free: Plan = {
	name: 'free',
	retention_hours: 24,
	max_stored_bytes: 50_000_000_000,
	max_files: 10_000,
	max_active_jobs: 3,
	max_queued_jobs: 1_000,
	compute_seconds_per_day: 1_800,
	max_input_bytes: 1,
	max_pages: 1,
	requests_per_minute: 600,
	jobs_per_minute: 60,
};
const { compute_seconds_per_day: _, jobs_per_minute: __, ...unlimited } = free;
const pro: Plan = {
	...unlimited,
	name: 'pro',
	retention_hours: 720,
	max_active_jobs: 20,
	requests_per_minute: 6_000,
};
const limits = { max_input_bytes: 268_435_456, max_pages: 1 };
const ocr = { title: 'OCR', plans: { free: limits, pro: { ...limits, max_pages: 5_000 } } } as Tool;

test('shows the limits of both plans in words, and the largest file of each tool', () => {
	expect(planRows(free, pro, [ocr])).toEqual([
		{ name: 'Files are kept', free: '24 hours', pro: '30 days' },
		{ name: 'Storage', free: '50 GB', pro: '50 GB' },
		{ name: 'Number of files', free: '10,000', pro: '10,000' },
		{ name: 'Files processed at the same time', free: '3', pro: '20' },
		{ name: 'Processing time per day (how long tools work on your files)', free: '30 min', pro: 'Unlimited' },
		{ name: 'Files you can send for processing per minute', free: '60', pro: 'Unlimited' },
		{ name: 'API requests per minute', free: '600', pro: '6,000' },
		{ name: 'Place in the queue', free: 'Normal', pro: 'Before Free users' },
		{ name: 'OCR: largest file', free: '268 MB, 1 page', pro: '268 MB, 5,000 pages' },
	]);
});
