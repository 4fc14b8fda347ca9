import type { ErrorCode, ErrorDetail, FileRow, Job, JobErrorCode } from '@creatorr/client';

/** The params of a tool as they are sent. */
export type Params = Readonly<Record<string, unknown>>;

/** What a work was made of. The bytes are kept apart, see file-keeper.ts. */
export interface Source {
	id: string;
	name: string;
	sizeBytes: number;
	mimeType: string;
	/** In ms, as the browser tells it: with name and size it says whether a file chosen again is the same. */
	lastModified: number;
}

/** Why a work can't go on. */
export interface Problem {
	/** Of a job that failed, of a call that was refused, or what happened on this device. */
	code: JobErrorCode | ErrorCode | 'no_connection' | 'job_deleted' | 'unknown';
	/** From the API, for people. */
	message: string;
	details: readonly ErrorDetail[];
}

/** Where a work is on its way. */
export type Stage =
	/** For its turn to upload; or for somebody to sign in, or for the network: see hold.ts. */
	| { kind: 'waiting'; sentBytes: number }
	/** At 0 bytes a second nothing has got through for a while. */
	| { kind: 'uploading'; sentBytes: number; bytesPerSecond?: number | undefined }
	| { kind: 'paused'; sentBytes: number }
	/** This device could not keep the file over a reload: the person has to choose it again. */
	| { kind: 'file-missing' }
	/** Secrets are never kept: after a reload the person has to give them again. */
	| { kind: 'secrets-missing' }
	/** The file is there; the job is being created. `isStruggling` when that needs more than one try. */
	| { kind: 'creating'; isStruggling: boolean }
	| { kind: 'queued'; jobId: string; since: number }
	| { kind: 'running'; jobId: string; progress: number }
	/** Asked to end. Without an id it is not known whether there is a job at all. */
	| { kind: 'canceling'; jobId: string | null }
	/** The output is null until it was looked at, `gone` when it is no longer kept. */
	| { kind: 'succeeded'; job: Job; output: FileRow | 'gone' | null }
	| { kind: 'failed'; problem: Problem; job: Job | null }
	| { kind: 'canceled' };

/** One file on its way through one tool. All of it is kept on the device, so that it goes on after a reload. */
export interface Work {
	readonly id: string;
	/** Whose it is; null until somebody has signed in. */
	readonly userId: string | null;
	readonly tool: string;
	/** Those that differ from the defaults, without secrets. */
	readonly params: Params;
	/** The secret params that the job is created with. */
	readonly secretNames: readonly string[];
	readonly source: Source;
	readonly createdAt: number;
	/** What the store has of the source. */
	readonly upload: { readonly fileId: string; readonly isDone: boolean } | null;
	/** The same for every try to create the one job. */
	readonly idempotencyKey: string;
	readonly stage: Stage;
}

/** Nothing more happens by itself. */
export function isOver({ stage }: Work): boolean {
	return stage.kind === 'succeeded' || stage.kind === 'failed' || stage.kind === 'canceled';
}

/** What the API has of its job, as far as this device knows. */
export function jobStateOf(work: Work): 'none' | 'live' | 'over' {
	if (isOver(work)) return 'over';
	return 'jobId' in work.stage && work.stage.jobId !== null ? 'live' : 'none';
}

/** It needs the person before it goes on. */
export function needsPerson({ stage }: Work): boolean {
	return stage.kind === 'paused' || stage.kind === 'file-missing' || stage.kind === 'secrets-missing';
}
