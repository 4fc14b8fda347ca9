import type { CreatedJob, FileRow, Job } from '@creatorr/client';
import { isOver, type Params, type Problem, type Stage, type Work } from './work.ts';

/** What a person asks of a work. */
export type Command =
	| { type: 'pause' }
	| { type: 'resume' }
	| { type: 'cancel' }
	/** Once more from where it failed, with other params where some are given; the key is that of the new job. */
	| { type: 'retry'; key: string; params?: Params; secretNames?: readonly string[] }
	/** The file is on this device again. */
	| { type: 'file-given' }
	| { type: 'secrets-given' };

/** What happened to a work. */
export type Report =
	| { type: 'adopted'; userId: string }
	| { type: 'upload-began' }
	| { type: 'file-created'; fileId: string }
	| { type: 'sent'; sentBytes: number; bytesPerSecond: number | undefined }
	| { type: 'uploaded' }
	/** Ended from outside: offline, signed out, the page was reloaded. */
	| { type: 'upload-interrupted' }
	/** The store has nothing of it any more. */
	| { type: 'upload-lost' }
	| { type: 'file-lost' }
	| { type: 'secrets-lost' }
	| { type: 'creation-struggles' }
	/** The key belongs to a request with a password that was typed otherwise, whose job was removed since. */
	| { type: 'key-taken'; key: string }
	| { type: 'job'; job: Job | CreatedJob; at: number }
	| { type: 'output'; output: FileRow | 'gone' }
	| { type: 'canceled' }
	| { type: 'failed'; problem: Problem };

export type WorkEvent = Command | Report;

/** A work after an event; the very same where the event comes too late to mean anything. */
export function next(work: Work, event: WorkEvent): Work {
	switch (event.type) {
		case 'adopted':
			return work.userId === null ? { ...work, userId: event.userId } : work;
		case 'pause':
			return isBeingUploaded(work) ? at(work, { kind: 'paused', sentBytes: sentBytes(work) }) : work;
		case 'resume':
			return work.stage.kind === 'paused' ? waiting(work) : work;
		case 'cancel':
			return cancel(work);
		case 'retry':
			return retry(work, event);
		case 'file-given':
			return work.stage.kind === 'file-missing' ? waiting(work) : work;
		case 'secrets-given':
			return work.stage.kind === 'secrets-missing' ? creating(work) : work;
		case 'upload-began':
			return work.stage.kind === 'waiting'
				? at(work, { kind: 'uploading', sentBytes: work.stage.sentBytes })
				: work;
		case 'file-created':
			return isBeingUploaded(work) ? { ...work, upload: { fileId: event.fileId, isDone: false } } : work;
		case 'sent': {
			const { sentBytes, bytesPerSecond } = event;
			return work.stage.kind === 'uploading'
				? at(work, { kind: 'uploading', sentBytes, bytesPerSecond })
				: work;
		}
		case 'uploaded':
			return isBeingUploaded(work) && work.upload
				? creating({ ...work, upload: { ...work.upload, isDone: true } })
				: work;
		case 'upload-interrupted':
			return work.stage.kind === 'uploading' ? waiting(work) : work;
		case 'upload-lost':
			return isOver(work) ? work : at({ ...work, upload: null }, { kind: 'waiting', sentBytes: 0 });
		case 'file-lost':
			return isBeingUploaded(work) ? at(work, { kind: 'file-missing' }) : work;
		case 'secrets-lost':
			return work.stage.kind === 'creating' ? at(work, { kind: 'secrets-missing' }) : work;
		case 'creation-struggles':
			return work.stage.kind === 'creating' ? at(work, { kind: 'creating', isStruggling: true }) : work;
		case 'key-taken':
			return work.stage.kind === 'creating' ? { ...work, idempotencyKey: event.key } : work;
		case 'job':
			return isOver(work) ? work : withJob(work, event.job, event.at);
		case 'output':
			return work.stage.kind === 'succeeded' ? at(work, { ...work.stage, output: event.output }) : work;
		case 'canceled':
			return isOver(work) ? work : at(work, { kind: 'canceled' });
		case 'failed':
			return isOver(work) ? work : at(work, { kind: 'failed', problem: event.problem, job: null });
	}
}

function at(work: Work, stage: Stage): Work {
	return { ...work, stage };
}

function isBeingUploaded({ stage }: Work): boolean {
	return stage.kind === 'waiting' || stage.kind === 'uploading';
}

function sentBytes({ stage }: Work): number {
	return 'sentBytes' in stage ? stage.sentBytes : 0;
}

function waiting(work: Work): Work {
	return at(work, { kind: 'waiting', sentBytes: sentBytes(work) });
}

function creating(work: Work): Work {
	return at(work, { kind: 'creating', isStruggling: false });
}

/** What the store has of an upload that is given up is of no more use; a whole file is, for another try. */
function cancel(work: Work): Work {
	switch (work.stage.kind) {
		case 'waiting':
		case 'uploading':
		case 'paused':
		case 'file-missing':
			return at({ ...work, upload: null }, { kind: 'canceled' });
		// a try to create it may be there already, unanswered
		case 'secrets-missing':
		case 'creating':
			return at(work, { kind: 'canceling', jobId: null });
		case 'queued':
		case 'running':
			return at(work, { kind: 'canceling', jobId: work.stage.jobId });
		default:
			return work;
	}
}

/** The store no longer has what these are about. */
const INPUT_IS_GONE: readonly string[] = ['input_missing', 'not_found'];

function retry(work: Work, { key, params, secretNames }: Extract<WorkEvent, { type: 'retry' }>): Work {
	const { stage } = work;
	if (stage.kind !== 'failed' && stage.kind !== 'canceled') return work;
	const isGone = stage.kind === 'failed' && INPUT_IS_GONE.includes(stage.problem.code);
	const again: Work = {
		...work,
		params: params ?? work.params,
		secretNames: secretNames ?? work.secretNames,
		idempotencyKey: key,
		upload: isGone ? null : work.upload,
	};
	return again.upload?.isDone ? creating(again) : at(again, { kind: 'waiting', sentBytes: 0 });
}

/** A job that was asked to end stays so until it has ended. */
function withJob(work: Work, job: Job | CreatedJob, now: number): Work {
	if (!isEnded(job)) {
		if (work.stage.kind === 'canceling') return at(work, { kind: 'canceling', jobId: job.id });
		if (job.status === 'running') return at(work, { kind: 'running', jobId: job.id, progress: job.progress });
		const since = work.stage.kind === 'queued' ? work.stage.since : now;
		return at(work, { kind: 'queued', jobId: job.id, since });
	}
	if (job.status === 'succeeded') return at(work, { kind: 'succeeded', job, output: null });
	if (job.status === 'canceled') return at(work, { kind: 'canceled' });
	const { error_code: code = 'internal', error_message: message = '' } = job;
	return at(work, { kind: 'failed', problem: { code, message, details: [] }, job });
}

/** One that has ended is a whole Job: a created one that was replayed says so and no more. */
function isEnded(job: Job | CreatedJob): job is Job {
	return job.status !== 'queued' && job.status !== 'running' && 'created_at' in job;
}
