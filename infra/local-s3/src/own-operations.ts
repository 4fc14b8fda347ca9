import type { IncomingMessage } from 'node:http';
import type { S3Store } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { MultipartStore, Upload } from './multipart-store.ts';

/** S3's limit. */
const MAX_PAGE_SIZE = 1_000;

export type Answer = { readonly status: number; readonly xml: string };

type Target = { readonly bucket: string; readonly key: string; readonly query: URLSearchParams };

/**
 * The operations that s3rver lacks, or, for listing, does with a cipher that today's OpenSSL refuses past the first
 * page. Null when the request is none of them.
 */
export async function ownOperation(
	{ method = 'GET', url = '/' }: Pick<IncomingMessage, 'method' | 'url'>,
	store: S3Store,
	multipart: MultipartStore,
): Promise<Answer | null> {
	const { pathname, searchParams } = new URL(url, 'http://localhost');
	const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
	const target: Target = { bucket, key: rest.join('/'), query: searchParams };
	const operation = chooseOperation(method, target);
	if (operation === null) {
		return null;
	}
	if ((await store.getBucket(bucket)) === null) {
		throw new S3Error('NoSuchBucket', 'The specified bucket does not exist.');
	}
	switch (operation) {
		case 'listParts':
			return listParts(target, multipart);
		case 'listUploads':
			return listUploads(target, multipart);
		case 'listObjects':
			return listObjects(target, store);
		case 'abort':
			await multipart.abort(bucket, uploadIdOf(target));
			return { status: 204, xml: '' };
	}
}

function chooseOperation(method: string, { key, query }: Target) {
	if (key !== '' && query.has('uploadId')) {
		return method === 'GET' ? 'listParts' : method === 'DELETE' ? 'abort' : null;
	}
	if (key !== '' || method !== 'GET') {
		return null;
	}
	return query.has('uploads') ? 'listUploads' : query.get('list-type') === '2' ? 'listObjects' : null;
}

async function listParts(target: Target, multipart: MultipartStore): Promise<Answer> {
	const after = Number(target.query.get('part-number-marker') ?? 0);
	const parts = await multipart.listParts(target.bucket, uploadIdOf(target));
	const remaining = parts.filter((part) => part.number > after);
	const page = remaining.slice(0, pageSize(target, 'max-parts'));
	return answer('ListPartsResult', [
		element('Bucket', target.bucket),
		element('Key', target.key),
		element('UploadId', uploadIdOf(target)),
		element('IsTruncated', remaining.length > page.length),
		element('NextPartNumberMarker', page.at(-1)?.number ?? 0),
		...page.map((part) =>
			group('Part', [
				element('PartNumber', part.number),
				element('LastModified', part.storedAt.toISOString()),
				element('ETag', `"${part.md5}"`),
				element('Size', part.size),
			]),
		),
	]);
}

async function listUploads(target: Target, multipart: MultipartStore): Promise<Answer> {
	const prefix = target.query.get('prefix') ?? '';
	const after = [target.query.get('key-marker') ?? '', target.query.get('upload-id-marker') ?? ''].join('\0');
	const remaining = (await multipart.listUploads(target.bucket))
		.filter((upload) => upload.key.startsWith(prefix) && positionOf(upload) > after)
		.sort((one, other) => (positionOf(one) < positionOf(other) ? -1 : 1));
	const page = remaining.slice(0, pageSize(target, 'max-uploads'));
	return answer('ListMultipartUploadsResult', [
		element('Bucket', target.bucket),
		element('IsTruncated', remaining.length > page.length),
		element('NextKeyMarker', page.at(-1)?.key ?? ''),
		element('NextUploadIdMarker', page.at(-1)?.id ?? ''),
		...page.map((upload) =>
			group('Upload', [
				element('Key', upload.key),
				element('UploadId', upload.id),
				element('Initiated', upload.startedAt.toISOString()),
			]),
		),
	]);
}

async function listObjects(target: Target, store: S3Store): Promise<Answer> {
	const { bucket, query } = target;
	const token = query.get('continuation-token');
	const { objects, isTruncated } = await store.listObjects(bucket, {
		prefix: query.get('prefix') ?? '',
		startAfter: token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString(),
		maxKeys: pageSize(target, 'max-keys'),
	});
	const last = objects.at(-1);
	// All of the page was deleted while it was read; without a last key nobody could go on from here.
	if (isTruncated && last === undefined) return listObjects(target, store);
	const next = isTruncated && last !== undefined ? Buffer.from(last.key).toString('base64') : null;
	return answer('ListBucketResult', [
		element('Name', bucket),
		element('KeyCount', objects.length),
		element('IsTruncated', next !== null),
		...(next === null ? [] : [element('NextContinuationToken', next)]),
		...objects.map((object) =>
			group('Contents', [
				element('Key', object.key),
				element('LastModified', object.lastModifiedDate.toISOString()),
				element('ETag', object.metadata.etag ?? ''),
				element('Size', object.size),
			]),
		),
	]);
}

function pageSize({ query }: Target, parameter: string): number {
	return Math.min(Number(query.get(parameter) ?? MAX_PAGE_SIZE), MAX_PAGE_SIZE);
}

/** Uploads are listed by key, those of one key by id. */
function positionOf(upload: Upload): string {
	return [upload.key, upload.id].join('\0');
}

/** Ours are hexadecimal; anything else could name another directory. */
function uploadIdOf({ query }: Target): string {
	const uploadId = query.get('uploadId') ?? '';
	if (!/^[0-9a-f]+$/.test(uploadId)) {
		throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
	}
	return uploadId;
}

function answer(root: string, children: readonly string[]): Answer {
	return { status: 200, xml: `<?xml version="1.0" encoding="UTF-8"?>\n${group(root, children)}` };
}

function group(name: string, children: readonly string[]): string {
	return `<${name}>${children.join('')}</${name}>`;
}

function element(name: string, value: string | number | boolean): string {
	const escaped = String(value).replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
	return `<${name}>${escaped}</${name}>`;
}
