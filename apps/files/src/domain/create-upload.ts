import { AppError, notFound } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { admitUpload, type Standing } from './admit-upload.ts';
import { chooseUpload } from './choose-upload.ts';
import { type FileRecord, KEY_PREFIX } from './file.ts';
import { type FilePolicy, keepingOf, later } from './policy.ts';
import type { Audience, FileRecords, FileStore } from './ports.ts';
import { type SignUploadDeps, signUpload, type UploadAnswer } from './sign-upload.ts';

export interface CreateUploadDeps extends SignUploadDeps {
	records: Pick<FileRecords, 'standingOf' | 'insert'>;
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

interface Draft {
	id: string;
	storageKey: string;
	multipart: FileRecord['multipart'];
}

/**
 * A new pending file and how to upload it. Throws `too_large`, `plan_limit`, `email_not_verified`, `validation` for parts that would be too small, and
 * when the account was deleted `unauthorized`, or `not_found` for an output, whose job is gone with it.
 */
export async function createUpload(deps: CreateUploadDeps, request: UploadRequest): Promise<UploadAnswer> {
	const { policy, records } = deps;
	const way = chooseUpload(request, policy.singlePutLimitBytes);
	const id = newId('fil');
	const storageKey = KEY_PREFIX + id;
	const admit = (standing: Standing) => admitUpload(policy, request, standing);
	let multipart: FileRecord['multipart'] = null;
	if (way === 'parts') {
		// Also before, so that no parts are begun in vain.
		admit(orGone(await records.standingOf(request.userId), request));
		multipart = await beginMultipart(deps, storageKey, request);
		crashPoint('files.create.multipart-begun');
	}
	const inserted = await records.insert(request.userId, (standing) => {
		admit(standing);
		return planFile(request, { id, storageKey, multipart }, { plan: standing.plan, policy });
	});
	crashPoint('files.create.committed');
	return signUpload(deps, orGone(inserted, request), request.audience);
}

function planFile(
	request: UploadRequest,
	draft: Draft,
	{ plan, policy }: { plan: Plan; policy: FilePolicy },
): FileRecord {
	const createdAt = new Date();
	const { storageTier, lifetimeMs } = keepingOf(policy.plans, plan);
	const { abandonAfterMs, putUrlSeconds } = policy;
	const abandonAt = later(createdAt, Math.min(abandonAfterMs, lifetimeMs));
	const putUntil = later(createdAt, Math.min(putUrlSeconds * 1_000, abandonAfterMs, lifetimeMs));
	return {
		...draft,
		userId: request.userId,
		name: request.name,
		mimeType: request.mimeType,
		sizeBytes: request.sizeBytes,
		storageTier,
		status: 'pending',
		etag: null,
		jobId: request.jobId,
		publishedAt: request.jobId === null ? createdAt : null,
		createdAt,
		expiresAt: later(createdAt, lifetimeMs),
		abandonAt,
		// Parts may be signed again until the upload is given up.
		uploadUrlExpiresAt: draft.multipart === null ? putUntil : abandonAt,
		deletedAt: null,
	};
}

/** When the row is not kept, the sweep of stale uploads ends this one. */
async function beginMultipart(
	{ store }: CreateUploadDeps,
	key: string,
	{ sizeBytes, mimeType }: UploadRequest,
): Promise<NonNullable<FileRecord['multipart']>> {
	const partSizeBytes = store.partSizeFor(sizeBytes);
	return { uploadId: await store.beginMultipart({ key, contentType: mimeType }), partSizeBytes };
}

function orGone<T>(found: T | null, { jobId }: UploadRequest): T {
	if (found !== null) return found;
	throw jobId === null ? new AppError('unauthorized', 'this account was deleted') : notFound('job');
}
