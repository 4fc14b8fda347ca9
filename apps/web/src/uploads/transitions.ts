import type { CreatedJob, FileRow, Job } from '@creatorr/client';
import { hasEnded, type Params, type Problem, type Stage, type Upload } from './upload.ts';

/** What a user does to an upload. Sent between tabs: releases must understand each other's commands. */
export type Command =
	| { type: 'pause' }
	| { type: 'resume' }
	| { type: 'cancel' }
	/** Tries again from where it failed, with new params if given. `key` is the new job's idempotency key. */
	| { type: 'retry'; key: string; params?: Params; secretNames?: readonly string[] }
	/** The user has chosen the file again. */
	| { type: 'file-given' }
	| { type: 'secrets-given' };

/** What happened to an upload. */
export type Report =
	| { type: 'adopted'; userId: string }
	| { type: 'upload-began' }
	| { type: 'file-created'; fileId: string }
	| { type: 'sent'; sentBytes: number; bytesPerSecond: number | undefined }
	| { type: 'uploaded' }
	/** Stopped by an outside cause: offline, signed out, page reloaded. */
	| { type: 'upload-interrupted' }
	/** The store no longer has the uploaded file. */
	| { type: 'upload-lost' }
	| { type: 'file-lost' }
	| { type: 'secrets-lost' }
	| { type: 'creation-struggles'; isRateLimited: boolean }
	/** The idempotency key belongs to a request with another password, whose job was deleted since. */
	| { type: 'key-taken'; key: string }
	| { type: 'job'; job: Job | CreatedJob; at: number }
	| { type: 'output'; output: FileRow | 'gone' }
	| { type: 'canceled' }
	| { type: 'failed'; problem: Problem };

export type UploadEvent = Command | Report;

/** Returns the upload after an event, or the same object when the event comes too late to change anything. */
export function transition(upload: Upload, event: UploadEvent): Upload {
	const { stage } = upload;
	switch (event.type) {
		case 'adopted':
			return upload.userId === null ? { ...upload, userId: event.userId } : upload;
		case 'pause':
			return isSending(upload)
				? withStage(upload, { kind: 'paused', sentBytes: sentBytesOf(upload) })
				: upload;
		case 'resume':
			return stage.kind === 'paused' ? waiting(upload) : upload;
		case 'cancel':
			return cancel(upload);
		case 'retry':
			return retry(upload, event);
		case 'file-given':
			return stage.kind === 'file-missing' ? waiting(upload) : upload;
		case 'secrets-given':
			return stage.kind === 'secrets-missing' ? creating(upload) : upload;
		case 'upload-began':
			return stage.kind === 'waiting'
				? withStage(upload, { kind: 'uploading', sentBytes: stage.sentBytes })
				: upload;
		case 'file-created':
			return isSending(upload) ? { ...upload, remoteFile: { fileId: event.fileId, isDone: false } } : upload;
		case 'sent': {
			const { sentBytes, bytesPerSecond } = event;
			return stage.kind === 'uploading'
				? withStage(upload, { kind: 'uploading', sentBytes, bytesPerSecond })
				: upload;
		}
		case 'uploaded':
			return isSending(upload) && upload.remoteFile
				? creating({ ...upload, remoteFile: { ...upload.remoteFile, isDone: true } })
				: upload;
		case 'upload-interrupted':
			return stage.kind === 'uploading' ? waiting(upload) : upload;
		case 'upload-lost':
			return hasEnded(upload)
				? upload
				: withStage({ ...upload, remoteFile: null }, { kind: 'waiting', sentBytes: 0 });
		case 'file-lost':
			return isSending(upload) ? withStage(upload, { kind: 'file-missing' }) : upload;
		case 'secrets-lost':
			return stage.kind === 'creating' ? withStage(upload, { kind: 'secrets-missing' }) : upload;
		case 'creation-struggles':
			return stage.kind === 'creating'
				? withStage(upload, { kind: 'creating', isStruggling: true, isRateLimited: event.isRateLimited })
				: upload;
		case 'key-taken':
			return stage.kind === 'creating' ? { ...upload, idempotencyKey: event.key } : upload;
		case 'job':
			return hasEnded(upload) ? upload : withJob(upload, event.job, event.at);
		case 'output':
			return stage.kind === 'succeeded' ? withStage(upload, { ...stage, output: event.output }) : upload;
		case 'canceled':
			return hasEnded(upload) ? upload : withStage(upload, { kind: 'canceled' });
		case 'failed':
			return hasEnded(upload)
				? upload
				: withStage(upload, { kind: 'failed', problem: event.problem, job: null });
	}
}

function withStage(upload: Upload, stage: Stage): Upload {
	return { ...upload, stage };
}

function isSending({ stage }: Upload): boolean {
	return stage.kind === 'waiting' || stage.kind === 'uploading';
}

function sentBytesOf({ stage }: Upload): number {
	return 'sentBytes' in stage ? stage.sentBytes : 0;
}

function waiting(upload: Upload): Upload {
	return withStage(upload, { kind: 'waiting', sentBytes: sentBytesOf(upload) });
}

function creating(upload: Upload): Upload {
	return withStage(upload, { kind: 'creating', isStruggling: false });
}

/** Forgets a partly sent file, which no retry can use. A complete one is kept for a retry. */
function cancel(upload: Upload): Upload {
	switch (upload.stage.kind) {
		case 'waiting':
		case 'uploading':
		case 'paused':
		case 'file-missing':
			return withStage({ ...upload, remoteFile: null }, { kind: 'canceled' });
		// the job may have been created although there was no response
		case 'secrets-missing':
		case 'creating':
			return withStage(upload, { kind: 'canceling', jobId: null });
		case 'queued':
		case 'running':
			return withStage(upload, { kind: 'canceling', jobId: upload.stage.jobId });
		default:
			return upload;
	}
}

/** Error codes that mean that the store no longer has the input. */
const INPUT_IS_GONE: readonly string[] = ['input_missing', 'not_found'];

function retry(
	upload: Upload,
	{ key, params, secretNames }: Extract<UploadEvent, { type: 'retry' }>,
): Upload {
	const { stage } = upload;
	if (stage.kind !== 'failed' && stage.kind !== 'canceled') return upload;
	const isGone = stage.kind === 'failed' && INPUT_IS_GONE.includes(stage.problem.code);
	const again: Upload = {
		...upload,
		params: params ?? upload.params,
		secretNames: secretNames ?? upload.secretNames,
		idempotencyKey: key,
		remoteFile: isGone ? null : upload.remoteFile,
	};
	return again.remoteFile?.isDone ? creating(again) : withStage(again, { kind: 'waiting', sentBytes: 0 });
}

/** A job that is being canceled stays `canceling` until it has ended. */
function withJob(upload: Upload, job: Job | CreatedJob, now: number): Upload {
	const { stage } = upload;
	if (!isEnded(job)) {
		if (stage.kind === 'canceling') return withStage(upload, { kind: 'canceling', jobId: job.id });
		if (job.status === 'running') {
			const { progress, progress_detail: detail }: CreatedJob & Partial<Job> = job;
			return withStage(upload, { kind: 'running', jobId: job.id, progress, detail });
		}
		const since = stage.kind === 'queued' ? stage.since : now;
		return withStage(upload, { kind: 'queued', jobId: job.id, since });
	}
	if (job.status === 'succeeded') return withStage(upload, { kind: 'succeeded', job, output: null });
	if (job.status === 'canceled') return withStage(upload, { kind: 'canceled' });
	const { error_code: code = 'internal', error_message: message = '' } = job;
	return withStage(upload, { kind: 'failed', problem: { code, message, details: [] }, job });
}

/** A job that has ended is a whole `Job`; the response to a repeated creation has only its id and status. */
function isEnded(job: Job | CreatedJob): job is Job {
	return job.status !== 'queued' && job.status !== 'running' && 'created_at' in job;
}
