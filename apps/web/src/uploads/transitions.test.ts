import type { Job } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { transition, type UploadEvent } from './transitions.ts';
import { createUpload, rerunUpload, type Stage, type Upload } from './upload.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const request = { tool: 'compress', params: { quality: 50 }, secrets: {} };
const dropped = createUpload(source, request, 'usr_1');

const after = (upload: Upload, ...events: UploadEvent[]): Upload => events.reduce(transition, upload);
const at = (stage: Stage, upload: Upload = uploaded): Upload => ({ ...upload, stage });

const job = (fields: Partial<Job>): Job => ({
	id: 'job_1',
	tool: 'compress',
	status: 'queued',
	progress: 0,
	input_file_id: 'fil_1',
	params: {},
	created_at: '2026-01-01T00:00:00Z',
	...fields,
});

const uploading = after(dropped, { type: 'upload-began' }, { type: 'file-created', fileId: 'fil_1' });
const uploaded = after(uploading, { type: 'uploaded' });
const queued = after(uploaded, { type: 'job', job: job({}), at: 5 });
const running = after(queued, { type: 'job', job: job({ status: 'running', progress: 40 }), at: 6 });
const failed = (code: 'input_missing' | 'wrong_password') =>
	after(running, {
		type: 'job',
		job: job({ status: 'failed', error_code: code, error_message: 'Do this.' }),
		at: 7,
	});

test('a file passes all stages from the drop to the result', () => {
	const done = job({ status: 'succeeded', progress: 100, output_file_id: 'fil_2' });
	const stages = [
		dropped,
		uploading,
		uploaded,
		queued,
		running,
		after(running, { type: 'job', job: done, at: 7 }),
	];
	expect(stages.map(({ stage }) => stage.kind)).toEqual([
		'waiting',
		'uploading',
		'creating',
		'queued',
		'running',
		'succeeded',
	]);
	expect(uploaded.remoteFile).toEqual({ fileId: 'fil_1', isDone: true });
	expect(running.stage).toMatchObject({ progress: 40 });
});

describe('sending the file', () => {
	const half = after(uploading, { type: 'sent', sentBytes: 50, bytesPerSecond: 10 });

	test('keeps its progress while paused', () => {
		const paused = after(half, { type: 'pause' });
		expect(paused.stage).toEqual({ kind: 'paused', sentBytes: 50 });
		expect(after(paused, { type: 'resume' })).toMatchObject({
			stage: { kind: 'waiting', sentBytes: 50 },
			remoteFile: { fileId: 'fil_1', isDone: false },
		});
	});

	test('ignores late reports while paused', () => {
		const paused = after(half, { type: 'pause' });
		const late: UploadEvent[] = [
			{ type: 'sent', sentBytes: 60, bytesPerSecond: 1 },
			{ type: 'upload-interrupted' },
			{ type: 'uploaded' },
		];
		for (const event of late) expect(transition(paused, event)).toBe(paused);
	});

	test('waits to resume after an interruption', () => {
		expect(after(half, { type: 'upload-interrupted' }).stage).toEqual({ kind: 'waiting', sentBytes: 50 });
	});

	test('starts over when it was canceled and is tried again', () => {
		const canceled = after(half, { type: 'cancel' });
		expect(canceled).toMatchObject({ stage: { kind: 'canceled' }, remoteFile: null });
		expect(after(canceled, { type: 'retry', key: 'k' })).toMatchObject({
			stage: { kind: 'waiting', sentBytes: 0 },
			remoteFile: null,
		});
	});

	test('asks for a file that the device no longer has, and resumes with it', () => {
		const asking = after(half, { type: 'upload-interrupted' }, { type: 'file-lost' });
		expect(asking).toMatchObject({ stage: { kind: 'file-missing' }, remoteFile: { fileId: 'fil_1' } });
		expect(after(asking, { type: 'file-given' }).stage.kind).toBe('waiting');
	});

	test('resumes when it failed and is tried again', () => {
		const problem = { code: 'no_connection', message: '', details: [] } as const;
		const again = after(half, { type: 'failed', problem }, { type: 'retry', key: 'k' });
		expect(again).toMatchObject({
			stage: { kind: 'waiting' },
			remoteFile: { fileId: 'fil_1', isDone: false },
		});
	});
});

describe('a job', () => {
	test('keeps the time since when it is queued', () => {
		expect(after(queued, { type: 'job', job: job({}), at: 99 }).stage).toMatchObject({ since: 5 });
	});

	test('stays canceling until it has ended', () => {
		const canceling = after(running, { type: 'cancel' });
		expect(canceling.stage).toEqual({ kind: 'canceling', jobId: 'job_1' });
		const late = after(canceling, { type: 'job', job: job({ status: 'running', progress: 50 }), at: 8 });
		expect(late.stage.kind).toBe('canceling');
		expect(after(late, { type: 'job', job: job({ status: 'canceled' }), at: 9 }).stage.kind).toBe('canceled');
	});

	test('keeps its outcome when it ended before its cancellation', () => {
		const done = after(
			running,
			{ type: 'cancel' },
			{ type: 'job', job: job({ status: 'succeeded' }), at: 8 },
		);
		expect(done.stage.kind).toBe('succeeded');
	});

	test('is canceled by its idempotency key while its creation is unanswered', () => {
		expect(after(uploaded, { type: 'cancel' })).toMatchObject({
			stage: { kind: 'canceling', jobId: null },
			idempotencyKey: uploaded.idempotencyKey,
		});
	});

	test('that failed is tried again with a new key and without a new upload', () => {
		const again = after(failed('wrong_password'), { type: 'retry', key: 'k', secretNames: ['password'] });
		expect(again).toMatchObject({
			stage: { kind: 'creating' },
			idempotencyKey: 'k',
			remoteFile: { isDone: true },
			params: { quality: 50 },
			secretNames: ['password'],
		});
	});

	test('whose input is gone is tried again with a new upload', () => {
		const again = after(failed('input_missing'), { type: 'retry', key: 'k' });
		expect(again).toMatchObject({ stage: { kind: 'waiting', sentBytes: 0 }, remoteFile: null });
	});

	test('that has ended ignores late events', () => {
		const over = failed('wrong_password');
		const late: UploadEvent[] = [
			{ type: 'job', job: job({ status: 'running' }), at: 8 },
			{ type: 'failed', problem: { code: 'unknown', message: '', details: [] } },
			{ type: 'canceled' },
			{ type: 'cancel' },
			{ type: 'pause' },
		];
		for (const event of late) expect(transition(over, event)).toBe(over);
	});
});

test('asks for secrets that a reload lost, and creates the job once they are given', () => {
	const asking = after(uploaded, { type: 'secrets-lost' });
	expect(asking.stage.kind).toBe('secrets-missing');
	expect(after(asking, { type: 'secrets-given' }).stage.kind).toBe('creating');
	// a job from before the reload has to be found first
	expect(after(asking, { type: 'cancel' }).stage).toEqual({ kind: 'canceling', jobId: null });
});

test('gets the first user who signs in as its owner, and keeps that owner', () => {
	const unowned = createUpload(source, request, null);
	const adopted = after(unowned, { type: 'adopted', userId: 'usr_2' });
	expect(adopted.userId).toBe('usr_2');
	expect(after(adopted, { type: 'adopted', userId: 'usr_3' }).userId).toBe('usr_2');
});

describe('a rerun', () => {
	test('reuses a file that is in the store', () => {
		const copy = rerunUpload(at({ kind: 'succeeded', job: job({}), output: null }), request);
		expect(copy).toMatchObject({ stage: { kind: 'creating' }, remoteFile: { fileId: 'fil_1' } });
		expect(copy.id).not.toBe(uploaded.id);
		expect(copy.idempotencyKey).not.toBe(uploaded.idempotencyKey);
	});

	test('uploads a file that is not in the store', () => {
		expect(rerunUpload(uploading, request)).toMatchObject({ stage: { kind: 'waiting' }, remoteFile: null });
	});
});
