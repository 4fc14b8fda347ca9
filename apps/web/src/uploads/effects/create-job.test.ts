import { ConnectionError } from '@creatorr/client';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { contextOf, job, refusal, upload } from '../../testing/job-context.ts';
import { createJob } from './create-job.ts';

beforeEach(() => {
	jest.useFakeTimers({ now: 5 });
});
afterEach(() => {
	jest.useRealTimers();
});

test('repeats an unanswered creation with the same idempotency key', async () => {
	const { context, reports, requests } = contextOf([new ConnectionError('no answer'), job]);
	const done = createJob(upload, context);
	await jest.advanceTimersByTimeAsync(1_000);
	await done;
	expect(requests).toEqual(['create true', 'create true']);
	expect(reports).toEqual([
		{ type: 'creation-struggles', isRateLimited: false },
		{ type: 'job', job, at: 1_005 },
	]);
});

test('reports that a rate limit has refused the creation', async () => {
	const { context, reports } = contextOf([refusal('rate_limited'), job]);
	const done = createJob(upload, context);
	await jest.advanceTimersByTimeAsync(1_000);
	await done;
	expect(reports[0]).toEqual({ type: 'creation-struggles', isRateLimited: true });
});

test('asks for secrets instead of creating a job without them', async () => {
	const { context, reports, requests } = contextOf([job], { secrets: {} });
	await createJob(upload, context);
	expect(reports).toEqual([{ type: 'secrets-lost' }]);
	expect(requests).toEqual([]);
});

test('finds the job of an earlier try when the password was entered differently since', async () => {
	const listed = [job] as never[];
	const { context, reports, requests } = contextOf([refusal('idempotency_conflict')], { listed });
	await createJob(upload, context);
	expect(reports).toEqual([{ type: 'job', job, at: 5 }]);
	expect(requests).toEqual(['create true', 'list true']);
});

test('takes a new idempotency key when that job was deleted', async () => {
	const { context, reports } = contextOf([refusal('idempotency_conflict')]);
	await createJob(upload, context);
	expect(reports.map(({ type }) => type)).toEqual(['key-taken']);
});

test('uploads again when the store no longer has the file', async () => {
	const { context, reports } = contextOf([refusal('not_found')]);
	await createJob(upload, context);
	expect(reports).toEqual([{ type: 'upload-lost' }]);
});
