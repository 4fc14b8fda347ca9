import { AppError, notFound } from '@creatorr/contracts/errors';
import { createFile, type uploadSchema } from '@creatorr/contracts/files';
import { newId } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Audience } from '@creatorr/storage/connection';
import { choosePartSize } from '@creatorr/storage/plan-parts';
import type { z } from 'zod';
import { readStorageUse, type StorageUse } from '../accounts/accounts.sql.ts';
import type { Deps } from '../deps.ts';
import { type FileRecord, KEY_PREFIX } from '../file.ts';
import { type FilePolicy, later, retentionOf } from '../policy.ts';
import { admitUpload, chooseUpload } from './admit-upload.ts';
import { insertFile } from './insert-file.sql.ts';
import { presignUpload } from './upload-urls.ts';

export function createFileRoute(deps: Deps): Route {
	return defineRoute(createFile, async ({ body, user }) => {
		const upload = await createUpload(deps, {
			userId: user.id,
			name: body.name,
			mimeType: body.mime_type,
			sizeBytes: body.size_bytes,
			wantsParts: body.multipart ?? false,
			jobId: null,
			audience: 'client',
		});
		return { data: upload };
	});
}

interface UploadRequest {
	userId: string;
	name: string;
	mimeType: string;
	sizeBytes: number;
	wantsParts: boolean;
	/** The job whose output it will be; null for an upload of a user, which its owner sees from the start. */
	jobId: string | null;
	audience: Audience;
}

/**
 * Creates a pending file and returns how to upload it. Throws `too_large`, `plan_limit`, `email_not_verified`, `validation` for parts
 * that would be too small, and when the account was deleted `unauthorized`, or `not_found` for a job's output.
 */
export async function createUpload(
	deps: Deps,
	request: UploadRequest,
): Promise<z.output<typeof uploadSchema>> {
	const { prisma, policy } = deps;
	const method = chooseUpload(request, policy.singlePutLimitBytes);
	const id = newId('fil');
	const storageKey = KEY_PREFIX + id;
	const admit = (use: StorageUse) => admitUpload(policy, request, use);
	let multipart: FileRecord['multipart'] = null;
	if (method === 'parts') {
		// Checked here too, so that a refusal leaves no multipart upload in the store.
		admit(requireAccount(await readStorageUse(prisma, request.userId), request));
		multipart = await createMultipart(deps, storageKey, request);
		crashPoint('files.create.multipart-begun');
	}
	const inserted = await deps.insertMutex.runExclusive(request.userId, () =>
		insertFile(prisma, request.userId, (use) => {
			admit(use);
			return planFile(request, { id, storageKey, multipart }, { plan: use.plan, policy });
		}),
	);
	crashPoint('files.create.committed');
	return presignUpload(deps, requireAccount(inserted, request), request.audience);
}

function planFile(
	{ userId, name, mimeType, sizeBytes, jobId }: UploadRequest,
	draft: Pick<FileRecord, 'id' | 'storageKey' | 'multipart'>,
	{ plan, policy }: { plan: Plan; policy: FilePolicy },
): FileRecord {
	const createdAt = new Date();
	const { storageTier, lifetimeMs } = retentionOf(policy.plans, plan);
	const { abandonAfterMs, putUrlSeconds } = policy;
	const abandonAt = later(createdAt, Math.min(abandonAfterMs, lifetimeMs));
	const putUntil = later(createdAt, Math.min(putUrlSeconds * 1_000, abandonAfterMs, lifetimeMs));
	return {
		...draft,
		...{ userId, name, mimeType, sizeBytes, storageTier, jobId },
		status: 'pending',
		etag: null,
		publishedAt: jobId === null ? createdAt : null,
		createdAt,
		expiresAt: later(createdAt, lifetimeMs),
		abandonAt,
		// URLs of parts are presigned again until the deadline.
		uploadUrlExpiresAt: draft.multipart === null ? putUntil : abandonAt,
		deletedAt: null,
	};
}

/** The stale-uploads task aborts a multipart upload whose row was never inserted. */
async function createMultipart(
	{ store }: Deps,
	key: string,
	{ sizeBytes, mimeType }: UploadRequest,
): Promise<NonNullable<FileRecord['multipart']>> {
	const partSizeBytes = choosePartSize(sizeBytes);
	return { uploadId: await store.createMultipart({ key, contentType: mimeType }), partSizeBytes };
}

function requireAccount<T>(found: T | null, { jobId }: UploadRequest): T {
	if (found !== null) return found;
	throw jobId === null ? new AppError('unauthorized', 'this account was deleted') : notFound('job');
}
