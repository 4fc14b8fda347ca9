import { expect, test } from '@jest/globals';
import { runningText } from './running-text.ts';

test('names the page of a job with several pages', () => {
	expect(runningText({ progress: 40, progress_detail: { page: 3, pages: 6 } })).toBe('Page 3 of 6');
});

test.each([
	['with one page', { progress: 40, progress_detail: { page: 1, pages: 1 } }, 'Processing, 40%'],
	['without pages', { progress: 40 }, 'Processing, 40%'],
	['that has just started', { progress: 0 }, 'Processing'],
])('shows the percent of a job %s', (_, job, text) => {
	expect(runningText(job)).toBe(text);
});

test('leaves out the percent where a bar shows it', () => {
	expect(runningText({ progress: 40 }, { percent: false })).toBe('Processing');
});
