import { AppError, notFound } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { PLANS, type StorageTier } from '@creatorr/contracts/plans';
import { chooseUpload } from './choose-upload.ts';
import { type FileRecord, KEY_PREFIX } from './file.ts';
import { type FilePolicy, later } from './policy.ts';
import type { Audience, FileRecords, FileStore } from './ports.ts';
import { type SignUploadDeps, signUpload, type UploadAnswer } from './sign-upload.ts';

export interface CreateUploadDeps extends SignUploadDeps {
	records: Pick<FileRecords, 'planOf' | 'insert'>;
	store: SignUploadDeps['store'] & Pick<FileStore, 'partSizeFor' | 'beginMultipart'>;
	policy: FilePolicy;
}

interface UploadRequest {
	userId: string;
	name: string;
	mimeType: string;
	sizeBytes: number;
	wantsParts: boolean;
	/** The job whose output it will be; null for an upload of a user, which is visible from the start. */
	jobId: string | null;
	audience: Audience;
}

/**
 * A new pending file and how to upload it. Throws `too_large`, `validation` for parts that would be too small, and when the
 * account was deleted `unauthorized`, or `not_found` for an output, whose job is gone with it.
 */
export async function createUpload(deps: CreateUploadDeps, request: UploadRequest): Promise<UploadAnswer> {
	const way = chooseUpload(request, deps.policy.singlePutLimitBytes);
	const plan = await deps.records.planOf(request.userId);
	if (plan === null) throw accountGone(request);
	const planned = planFile(request, PLANS[plan].storageTier, deps.policy);
	const file = way === 'parts' ? await beginMultipart(deps, planned) : planned;
	if (!(await deps.records.insert(file))) throw accountGone(request);
	return signUpload(deps, file, request.audience);
}

function planFile(request: UploadRequest, storageTier: StorageTier, policy: FilePolicy): FileRecord {
	const id = newId('fil');
	const createdAt = new Date();
	const { retentionMs, abandonAfterMs, putUrlSeconds } = policy;
	const lifetimeMs = retentionMs[storageTier];
	const abandonAt = later(createdAt, Math.min(abandonAfterMs, lifetimeMs));
	return {
		id,
		userId: request.userId,
		name: request.name,
		mimeType: request.mimeType,
		sizeBytes: request.sizeBytes,
		storageTier,
		storageKey: KEY_PREFIX + id,
		status: 'pending',
		etag: null,
		multipart: null,
		jobId: request.jobId,
		publishedAt: request.jobId === null ? createdAt : null,
		createdAt,
		expiresAt: later(createdAt, lifetimeMs),
		abandonAt,
		uploadUrlExpiresAt: later(createdAt, Math.min(putUrlSeconds * 1_000, abandonAfterMs, lifetimeMs)),
		deletedAt: null,
	};
}

/** Parts may be signed again until the upload is given up. When the row is not kept, the sweep of stale uploads ends this one. */
async function beginMultipart(deps: CreateUploadDeps, file: FileRecord): Promise<FileRecord> {
	const partSizeBytes = deps.store.partSizeFor(file.sizeBytes);
	const uploadId = await deps.store.beginMultipart({ key: file.storageKey, contentType: file.mimeType });
	return { ...file, multipart: { uploadId, partSizeBytes }, uploadUrlExpiresAt: file.abandonAt };
}

function accountGone({ jobId }: UploadRequest): AppError {
	return jobId === null ? new AppError('unauthorized', 'this account was deleted') : notFound('job');
}
