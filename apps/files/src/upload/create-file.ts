import { AppError, notFound } from '@creatorr/contracts/errors';
import { createFile, type uploadSchema } from '@creatorr/contracts/files';
import { newId } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Audience } from '@creatorr/storage/connection';
import { choosePartSize } from '@creatorr/storage/plan-parts';
import type { z } from 'zod';
import { readStorageUse, type StorageUse, type StorageUseFilter } from '../accounts/accounts.sql.ts';
import { requireStorageForOutput } from '../accounts/storage-limit.ts';
import type { Deps } from '../deps.ts';
import { type FileRecord, KEY_PREFIX } from '../file.ts';
import { addMs, type FilePolicy, retentionOf } from '../policy.ts';
import { admitUpload, chooseUpload, isTooManyPending } from './admit-upload.ts';
import { insertFile } from './insert-file.sql.ts';
import { createPendingRefresh } from './refresh-pending.ts';
import { presignUpload } from './upload-urls.ts';

/** POST /v1/files */
export function createFileRoute(deps: Deps): Route {
	const refreshPending = createPendingRefresh(deps);
	return defineRoute(createFile, async ({ body, user }) => {
		const request: UploadRequest = {
			userId: user.id,
			name: body.name,
			mimeType: body.mime_type,
			sizeBytes: body.size_bytes,
			wantsMultipart: body.multipart ?? false,
			jobId: null,
			audience: 'client',
		};
		try {
			return { data: await createUpload(deps, request) };
		} catch (error) {
			// An uploaded file counts as pending until a request reads its status.
			if (!isTooManyPending(error) || !(await refreshPending(user.id))) throw error;
			return { data: await createUpload(deps, request) };
		}
	});
}

interface UploadRequest {
	userId: string;
	name: string;
	mimeType: string;
	sizeBytes: number;
	wantsMultipart: boolean;
	/** The job whose output it will be; null for an upload of a user, which its owner sees from the start. */
	jobId: string | null;
	audience: Audience;
}

/**
 * Creates a pending file and returns how to upload it. Throws `too_large`, `plan_limit`, `rate_limited`, `email_not_verified`, and
 * `validation` for parts that would be too small. If the account was deleted, throws `unauthorized` for an upload and `not_found` for an output.
 */
export async function createUpload(
	deps: Deps,
	request: UploadRequest,
): Promise<z.output<typeof uploadSchema>> {
	const id = newId('fil');
	const draft: Draft = { id, storageKey: KEY_PREFIX + id, multipart: null };
	const file =
		chooseUpload(request, deps.policy.singlePutLimitBytes) === 'parts'
			? await insertInParts(deps, request, draft)
			: await insertUpload(deps, request, draft);
	crashPoint('files.create.committed');
	return presignUpload(deps, file, request.audience);
}

type Draft = Pick<FileRecord, 'id' | 'storageKey' | 'multipart'>;

/** Returns the files that count toward the limit of the upload. An output replaces others of its job. */
function storageUseFilterOf({ userId, jobId }: UploadRequest): StorageUseFilter {
	return { userId, excludedJobId: jobId };
}

function admit(policy: FilePolicy, { jobId, sizeBytes }: UploadRequest, use: StorageUse): void {
	if (jobId === null) admitUpload(policy, sizeBytes, use);
	else requireStorageForOutput(policy, use);
}

/** Inserts the file of a draft unless the owner's limits refuse it. */
async function insertUpload(deps: Deps, request: UploadRequest, draft: Draft): Promise<FileRecord> {
	const { prisma, policy } = deps;
	const inserted = await deps.insertMutex.runExclusive(request.userId, () =>
		insertFile(prisma, storageUseFilterOf(request), (use) => {
			admit(policy, request, use);
			return newFileRecord(request, draft, { plan: use.plan, policy });
		}),
	);
	return requireAccount(inserted, request);
}

/**
 * Creates the multipart upload before the row that names it. A process that ends in between leaves an upload without a row, which the
 * stale-uploads task aborts.
 */
async function insertInParts(deps: Deps, request: UploadRequest, draft: Draft): Promise<FileRecord> {
	const { prisma, policy, store } = deps;
	const { storageKey: key } = draft;
	// Checked here too, so that most refusals create no multipart upload.
	admit(policy, request, requireAccount(await readStorageUse(prisma, storageUseFilterOf(request)), request));
	const uploadId = await store.createMultipart({ key, contentType: request.mimeType });
	crashPoint('files.create.multipart-created');
	const multipart = { uploadId, partSizeBytes: choosePartSize(request.sizeBytes) };
	try {
		return await insertUpload(deps, request, { ...draft, multipart });
	} catch (error) {
		// After another error than a refusal the row may be there. When the abort fails, the stale-uploads task repeats it.
		if (error instanceof AppError) await store.abortMultipart({ key, uploadId }).catch(() => undefined);
		throw error;
	}
}

function newFileRecord(
	{ userId, name, mimeType, sizeBytes, jobId }: UploadRequest,
	draft: Draft,
	{ plan, policy }: { plan: Plan; policy: FilePolicy },
): FileRecord {
	const createdAt = new Date();
	const { storageTier, lifetimeMs } = retentionOf(policy.plans, plan);
	const { abandonAfterMs, putUrlSeconds } = policy;
	const abandonAt = addMs(createdAt, Math.min(abandonAfterMs, lifetimeMs));
	const putUntil = addMs(createdAt, Math.min(putUrlSeconds * 1_000, abandonAfterMs, lifetimeMs));
	return {
		...draft,
		userId,
		name,
		mimeType,
		sizeBytes,
		storageTier,
		jobId,
		status: 'pending',
		etag: null,
		publishedAt: jobId === null ? createdAt : null,
		createdAt,
		expiresAt: addMs(createdAt, lifetimeMs),
		abandonAt,
		// URLs of parts are presigned again until the deadline.
		uploadUrlExpiresAt: draft.multipart === null ? putUntil : abandonAt,
		deletedAt: null,
	};
}

function requireAccount<T>(found: T | null, { jobId }: UploadRequest): T {
	if (found !== null) return found;
	throw jobId === null ? new AppError('unauthorized', 'This account was deleted.') : notFound('job');
}
