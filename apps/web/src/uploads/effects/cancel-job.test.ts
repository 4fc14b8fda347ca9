import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { canceled, canceling, contextOf, job } from '../../testing/job-context.ts';
import { cancelJob } from './cancel-job.ts';

beforeEach(() => {
	jest.useFakeTimers({ now: 5 });
});
afterEach(() => {
	jest.useRealTimers();
});

test('cancels the job of an unanswered creation by repeating the request', async () => {
	const { context, reports, requests } = contextOf([job]);
	await cancelJob(canceling, context);
	expect(requests).toEqual(['create true', 'cancel job_1']);
	expect(reports).toEqual([{ type: 'job', job: canceled, at: 5 }]);
});

test('cancels the job of an unanswered creation without its lost secrets', async () => {
	const { context, reports, requests } = contextOf([], { listed: [job] as never[], secrets: {} });
	await cancelJob(canceling, context);
	expect(requests).toEqual(['list true', 'cancel job_1']);
	expect(reports).toEqual([{ type: 'job', job: canceled, at: 5 }]);
});

test('is canceled at once when no job was created', async () => {
	const { context, reports, requests } = contextOf([], { secrets: {} });
	await cancelJob(canceling, context);
	expect(requests).toEqual(['list true']);
	expect(reports).toEqual([{ type: 'canceled' }]);
});
