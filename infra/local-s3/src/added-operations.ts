import type { Middleware, S3Store } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { type MultipartStore, noSuchUpload, type Upload } from './multipart-store.ts';

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

type Target = { readonly bucket: string; readonly key: string; readonly query: URLSearchParams };

/** Resolves to the answer, which s3rver writes as XML; null for an empty one. */
type Operation = (target: Target, store: S3Store, multipart: MultipartStore) => Promise<object | null>;

/**
 * Adds the operations that s3rver lacks, and ListObjectsV2: s3rver encrypts its continuation tokens with a cipher that OpenSSL 3
 * refuses.
 */
export function addedOperations(store: S3Store, multipart: MultipartStore): Middleware {
	return async (context, next) => {
		const [, bucket = '', ...key] = context.path.split('/').map(decodeURIComponent);
		const target = { bucket, key: key.join('/'), query: new URLSearchParams(context.querystring) };
		const operation = chooseOperation(context.method, target);
		if (operation === undefined) return await next();
		if ((await store.getBucket(bucket)) === null) {
			throw new S3Error('NoSuchBucket', 'The specified bucket does not exist.');
		}
		context.body = await operation(target, store, multipart);
	};
}

function chooseOperation(method: string, { key, query }: Target): Operation | undefined {
	if (key !== '' && query.has('uploadId')) {
		if (method === 'GET') return listParts;
		if (method === 'DELETE') return abortUpload;
	}
	if (key !== '' || method !== 'GET') return undefined;
	if (query.has('uploads')) return listUploads;
	return query.get('list-type') === '2' ? listObjects : undefined;
}

const abortUpload: Operation = async (target, _store, multipart) => {
	await multipart.abort(target.bucket, uploadIdOf(target));
	return null;
};

const listParts: Operation = async (target, _store, multipart) => {
	const after = Number(target.query.get('part-number-marker') ?? 0);
	const parts = await multipart.listParts(target.bucket, uploadIdOf(target));
	const remaining = parts.filter((part) => part.number > after);
	const page = remaining.slice(0, pageSize(target, 'max-parts'));
	return {
		ListPartsResult: {
			Bucket: target.bucket,
			Key: target.key,
			UploadId: uploadIdOf(target),
			IsTruncated: remaining.length > page.length,
			NextPartNumberMarker: page.at(-1)?.number ?? 0,
			Part: page.map((part) => ({
				PartNumber: part.number,
				LastModified: part.storedAt.toISOString(),
				ETag: `"${part.md5}"`,
				Size: part.size,
			})),
		},
	};
};

const listUploads: Operation = async (target, _store, multipart) => {
	const { bucket, query } = target;
	const prefix = query.get('prefix') ?? '';
	const after = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''].join('\0');
	const remaining = (await multipart.listUploads(bucket))
		.filter((upload) => upload.key.startsWith(prefix) && positionOf(upload) > after)
		.sort((one, other) => (positionOf(one) < positionOf(other) ? -1 : 1));
	const page = remaining.slice(0, pageSize(target, 'max-uploads'));
	return {
		ListMultipartUploadsResult: {
			Bucket: bucket,
			IsTruncated: remaining.length > page.length,
			NextKeyMarker: page.at(-1)?.key ?? '',
			NextUploadIdMarker: page.at(-1)?.id ?? '',
			Upload: page.map((upload) => ({
				Key: upload.key,
				UploadId: upload.id,
				Initiated: upload.startedAt.toISOString(),
			})),
		},
	};
};

const listObjects: Operation = async (target, store, multipart) => {
	const { bucket, query } = target;
	const token = query.get('continuation-token');
	const { objects, isTruncated } = await store.listObjects(bucket, {
		prefix: query.get('prefix') ?? '',
		startAfter: token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString(),
		maxKeys: pageSize(target, 'max-keys'),
	});
	const last = objects.at(-1);
	// All objects of the page were deleted during the call: without a last key, no client could continue from here.
	if (isTruncated && last === undefined) return await listObjects(target, store, multipart);
	return {
		ListBucketResult: {
			Name: bucket,
			KeyCount: objects.length,
			IsTruncated: isTruncated,
			...(isTruncated && { NextContinuationToken: Buffer.from(last?.key ?? '').toString('base64') }),
			Contents: objects.map((object) => ({
				Key: object.key,
				LastModified: object.lastModifiedDate.toISOString(),
				ETag: object.metadata.etag ?? '',
				Size: object.size,
			})),
		},
	};
};

function pageSize({ query }: Target, parameter: string): number {
	return Math.min(Number(query.get(parameter) ?? MAX_PAGE_SIZE), MAX_PAGE_SIZE);
}

/** Uploads are listed by key, and those of one key by id. */
function positionOf(upload: Upload): string {
	return [upload.key, upload.id].join('\0');
}

/** Refuses ids that are not hexadecimal as s3rver's are: they could name another directory. */
function uploadIdOf({ query }: Target): string {
	const uploadId = query.get('uploadId') ?? '';
	if (!/^[0-9a-f]+$/.test(uploadId)) throw noSuchUpload();
	return uploadId;
}
