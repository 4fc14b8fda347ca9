import { expect, test } from '@jest/globals';
import { createUpload, type Stage } from '../upload.ts';
import { progressOf, statusText } from './status-text.ts';

const source = {
	id: 's',
	name: 'a.pdf',
	sizeBytes: 100_000_000,
	mimeType: 'application/pdf',
	lastModified: 1,
};
const upload = (stage: Stage) => ({
	...createUpload(source, { tool: 't', params: {}, secrets: {} }, 'u'),
	stage,
});
const calm = { blocker: null, tool: { available: true }, now: 100_000 };

test('shows progress, rate and time left', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 50_000_000, bytesPerSecond: 2_000_000 };
	expect(statusText(upload(stage), calm)).toBe('Uploading 50 MB of 100 MB · 2 MB/s · 25 s left');
	expect(progressOf(upload(stage))).toBe(0.5);
});

test('shows no rate at the start', () => {
	expect(statusText(upload({ kind: 'uploading', sentBytes: 0 }), calm)).toBe('Uploading 0 B of 100 MB');
});

test('says when no byte gets through', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 0, bytesPerSecond: 0 };
	expect(statusText(upload(stage), calm)).toMatch(/Upload stalled\. Resumes automatically/);
});

test('does not count the last seconds', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 99_000_000, bytesPerSecond: 1_000_000 };
	expect(statusText(upload(stage), calm)).toMatch(/a few seconds left$/);
});

test('shows what blocks the upload first', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 0 };
	expect(statusText(upload(stage), { ...calm, blocker: 'sign-in' })).toMatch(/^Sign in/);
	expect(statusText(upload(stage), { ...calm, blocker: 'network' })).toMatch(/offline/);
});

test('says why the job can’t be created yet', () => {
	const textOf = (isStruggling: boolean, isRateLimited?: boolean) =>
		statusText(upload({ kind: 'creating', isStruggling, isRateLimited }), calm);
	expect(textOf(false)).toBe('Uploaded. Starting');
	expect(textOf(true)).toBe('creatorr is temporarily unavailable. Retrying automatically');
	expect(textOf(true, true)).toBe('Too many requests right now. Retrying automatically');
});

test('explains a long wait in the queue', () => {
	const queued = upload({ kind: 'queued', jobId: 'j', since: 90_000 });
	expect(statusText(queued, calm)).toBe('Queued');
	expect(statusText(queued, { ...calm, now: 200_000 })).toMatch(/Other files are ahead/);
	expect(statusText(queued, { ...calm, tool: { available: false } })).toMatch(
		/This tool is temporarily unavailable\. Starts when it’s back/,
	);
});

test('shows the page of a job that runs page by page', () => {
	const running = { kind: 'running', jobId: 'j', progress: 40 } as const;
	expect(statusText(upload(running), calm)).toBe('Processing, 40%');
	expect(statusText(upload({ ...running, detail: { page: 3, pages: 6 } }), calm)).toBe('Page 3 of 6');
	expect(statusText(upload({ ...running, detail: { page: 1, pages: 1 } }), calm)).toBe('Processing, 40%');
});

test('has no progress value before the job reports one', () => {
	expect(progressOf(upload({ kind: 'running', jobId: 'j', progress: 0 }))).toBeNull();
	expect(progressOf(upload({ kind: 'running', jobId: 'j', progress: 40 }))).toBe(0.4);
});
