import type { Job } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { newWork, workAgain } from './new-work.ts';
import { next, type WorkEvent } from './transitions.ts';
import type { Stage, Work } from './work.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const beginning = { tool: 'compress', params: { quality: 50 }, secrets: {} };
const dropped = newWork(source, beginning, 'usr_1');

const after = (work: Work, ...events: WorkEvent[]): Work => events.reduce(next, work);
const at = (stage: Stage, work: Work = uploaded): Work => ({ ...work, stage });

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

test('a file goes from the drop to what came out', () => {
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
	expect(uploaded.upload).toEqual({ fileId: 'fil_1', isDone: true });
	expect(running.stage).toMatchObject({ progress: 40 });
});

describe('an upload', () => {
	const half = after(uploading, { type: 'sent', sentBytes: 50, bytesPerSecond: 10 });

	test('that is paused keeps its place and what is there', () => {
		const paused = after(half, { type: 'pause' });
		expect(paused.stage).toEqual({ kind: 'paused', sentBytes: 50 });
		expect(after(paused, { type: 'resume' })).toMatchObject({
			stage: { kind: 'waiting', sentBytes: 50 },
			upload: { fileId: 'fil_1', isDone: false },
		});
	});

	test('that was paused is not moved by what is told late', () => {
		const paused = after(half, { type: 'pause' });
		const late: WorkEvent[] = [
			{ type: 'sent', sentBytes: 60, bytesPerSecond: 1 },
			{ type: 'upload-interrupted' },
			{ type: 'uploaded' },
		];
		for (const event of late) expect(next(paused, event)).toBe(paused);
	});

	test('that is interrupted waits to go on', () => {
		expect(after(half, { type: 'upload-interrupted' }).stage).toEqual({ kind: 'waiting', sentBytes: 50 });
	});

	test('that is canceled and tried again begins anew', () => {
		const canceled = after(half, { type: 'cancel' });
		expect(canceled).toMatchObject({ stage: { kind: 'canceled' }, upload: null });
		expect(after(canceled, { type: 'retry', key: 'k' })).toMatchObject({
			stage: { kind: 'waiting', sentBytes: 0 },
			upload: null,
		});
	});

	test('whose file is not on this device any more asks for it, and goes on with it', () => {
		const asking = after(half, { type: 'upload-interrupted' }, { type: 'file-lost' });
		expect(asking).toMatchObject({ stage: { kind: 'file-missing' }, upload: { fileId: 'fil_1' } });
		expect(after(asking, { type: 'file-given' }).stage.kind).toBe('waiting');
	});

	test('that failed goes on where it was', () => {
		const problem = { code: 'no_connection', message: '', details: [] } as const;
		const again = after(half, { type: 'failed', problem }, { type: 'retry', key: 'k' });
		expect(again).toMatchObject({ stage: { kind: 'waiting' }, upload: { fileId: 'fil_1', isDone: false } });
	});
});

describe('a job', () => {
	test('that waits keeps since when', () => {
		expect(after(queued, { type: 'job', job: job({}), at: 99 }).stage).toMatchObject({ since: 5 });
	});

	test('that is canceled stays so until it has ended', () => {
		const canceling = after(running, { type: 'cancel' });
		expect(canceling.stage).toEqual({ kind: 'canceling', jobId: 'job_1' });
		const late = after(canceling, { type: 'job', job: job({ status: 'running', progress: 50 }), at: 8 });
		expect(late.stage.kind).toBe('canceling');
		expect(after(late, { type: 'job', job: job({ status: 'canceled' }), at: 9 }).stage.kind).toBe('canceled');
	});

	test('that was faster than its cancellation has its own end', () => {
		const done = after(
			running,
			{ type: 'cancel' },
			{ type: 'job', job: job({ status: 'succeeded' }), at: 8 },
		);
		expect(done.stage.kind).toBe('succeeded');
	});

	test('whose creation is unanswered is canceled by its key', () => {
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
			upload: { isDone: true },
			params: { quality: 50 },
			secretNames: ['password'],
		});
	});

	test('whose input is gone is uploaded again', () => {
		const again = after(failed('input_missing'), { type: 'retry', key: 'k' });
		expect(again).toMatchObject({ stage: { kind: 'waiting', sentBytes: 0 }, upload: null });
	});

	test('that is over stays as it is, whatever comes late', () => {
		const over = failed('wrong_password');
		const late: WorkEvent[] = [
			{ type: 'job', job: job({ status: 'running' }), at: 8 },
			{ type: 'failed', problem: { code: 'unknown', message: '', details: [] } },
			{ type: 'canceled' },
			{ type: 'cancel' },
			{ type: 'pause' },
		];
		for (const event of late) expect(next(over, event)).toBe(over);
	});
});

test('secrets that a reload has lost are asked for, and the job is created once they are given', () => {
	const asking = after(uploaded, { type: 'secrets-lost' });
	expect(asking.stage.kind).toBe('secrets-missing');
	expect(after(asking, { type: 'secrets-given' }).stage.kind).toBe('creating');
	// what was created before the reload is looked for
	expect(after(asking, { type: 'cancel' }).stage).toEqual({ kind: 'canceling', jobId: null });
});

test('nobody’s work becomes that of whoever signs in, and of nobody else after', () => {
	const nobodys = newWork(source, beginning, null);
	const adopted = after(nobodys, { type: 'adopted', userId: 'usr_2' });
	expect(adopted.userId).toBe('usr_2');
	expect(after(adopted, { type: 'adopted', userId: 'usr_3' }).userId).toBe('usr_2');
});

describe('once more', () => {
	test('needs no new upload of what is there', () => {
		const copy = workAgain(at({ kind: 'succeeded', job: job({}), output: null }), beginning);
		expect(copy).toMatchObject({ stage: { kind: 'creating' }, upload: { fileId: 'fil_1' } });
		expect(copy.id).not.toBe(uploaded.id);
		expect(copy.idempotencyKey).not.toBe(uploaded.idempotencyKey);
	});

	test('uploads what is not', () => {
		expect(workAgain(uploading, beginning)).toMatchObject({ stage: { kind: 'waiting' }, upload: null });
	});
});
