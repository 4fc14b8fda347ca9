import type { ErrorCode, ErrorDetail, FileRow, Job, JobErrorCode } from '@creatorr/client';

/** The params of a tool as the API takes them. */
export type Params = Readonly<Record<string, unknown>>;

/** The local file of an upload. Its bytes are in the file cache. */
export interface Source {
	id: string;
	name: string;
	sizeBytes: number;
	mimeType: string;
	/** In ms since the epoch. With name and size it tells whether a file that was chosen again is the same. */
	lastModified: number;
}

/** Why an upload failed. */
export interface Problem {
	/** The error code of a job or an API call, or a code of this device. */
	code: JobErrorCode | ErrorCode | 'no_connection' | 'job_deleted' | 'unknown';
	/** The API's message for users. */
	message: string;
	details: readonly ErrorDetail[];
}

/** The state of an upload. Stored on the device: releases must be able to read each other's stages. */
export type Stage =
	/** Waits for an upload slot, a sign-in or the network: see `blockerOf`. */
	| { kind: 'waiting'; sentBytes: number }
	/** A rate of 0 means that no byte was sent for a while. */
	| { kind: 'uploading'; sentBytes: number; bytesPerSecond?: number | undefined }
	| { kind: 'paused'; sentBytes: number }
	/** The file was not kept over a reload: the user has to choose it again. */
	| { kind: 'file-missing' }
	/** Secrets are never stored: after a reload the user has to enter them again. */
	| { kind: 'secrets-missing' }
	/** The file is uploaded and the job is being created. `isStruggling` after a failed try, `isRateLimited` if a rate limit refused that. */
	| { kind: 'creating'; isStruggling: boolean; isRateLimited?: boolean | undefined }
	/** `since` in ms since the epoch. */
	| { kind: 'queued'; jobId: string; since: number }
	/** `progress` in percent. */
	| { kind: 'running'; jobId: string; progress: number; detail?: Job['progress_detail'] }
	/** The job is null while it is unknown whether one was created. */
	| { kind: 'canceling'; jobId: string | null }
	/** The output is null until it is fetched, `gone` once it was deleted or has expired. */
	| { kind: 'succeeded'; job: Job; output: FileRow | 'gone' | null }
	| { kind: 'failed'; problem: Problem; job: Job | null }
	| { kind: 'canceled' };

/** A file with its job: from the drop to the result. */
export interface Upload {
	readonly id: string;
	/** The owner; null until somebody signs in. */
	readonly userId: string | null;
	readonly tool: string;
	/** Params that differ from their defaults, without secrets. */
	readonly params: Params;
	/** Names of the secret params that the job needs. */
	readonly secretNames: readonly string[];
	readonly source: Source;
	/** In ms since the epoch. */
	readonly createdAt: number;
	/** The API's file, from the first byte on. `isDone` once the file store has all of it. */
	readonly remoteFile: { readonly fileId: string; readonly isDone: boolean } | null;
	/** Stays the same for all tries to create one job. */
	readonly idempotencyKey: string;
	readonly stage: Stage;
}

/** What the user asks for: a tool with its params. */
export interface JobRequest {
	tool: string;
	params: Params;
	secrets: Readonly<Record<string, string>>;
}

/** Returns 128 random bits in hex. `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function sourceOf(file: File): Source {
	return {
		id: newId(),
		name: file.name,
		sizeBytes: file.size,
		mimeType: file.type || 'application/octet-stream',
		lastModified: file.lastModified,
	};
}

export function createUpload(source: Source, request: JobRequest, userId: string | null): Upload {
	return {
		id: newId(),
		userId,
		tool: request.tool,
		params: request.params,
		secretNames: Object.keys(request.secrets),
		createdAt: Date.now(),
		idempotencyKey: newId(),
		source,
		remoteFile: null,
		stage: { kind: 'waiting', sentBytes: 0 },
	};
}

/** Creates an upload of each file. Lists show the newest first, so the first file is the newest. */
export function createUploads(
	files: readonly File[],
	request: JobRequest,
	{ userId, now }: { userId: string | null; now: number },
): Upload[] {
	return files.map((file, at) => ({ ...createUpload(sourceOf(file), request, userId), createdAt: now - at }));
}

/** Creates an upload of the same file. A file that is in the store is not sent again. */
export function rerunUpload({ source, remoteFile, userId }: Upload, request: JobRequest): Upload {
	const upload = createUpload(source, request, userId);
	if (!remoteFile?.isDone) return upload;
	return { ...upload, remoteFile, stage: { kind: 'creating', isStruggling: false } };
}

/** Whether the upload has reached a final stage. */
export function hasEnded({ stage }: Upload): boolean {
	return stage.kind === 'succeeded' || stage.kind === 'failed' || stage.kind === 'canceled';
}

/** The state of the upload's job in the API, as far as this device knows. */
export function jobStateOf(upload: Upload): 'none' | 'active' | 'ended' {
	if (hasEnded(upload)) return 'ended';
	return 'jobId' in upload.stage && upload.stage.jobId !== null ? 'active' : 'none';
}
