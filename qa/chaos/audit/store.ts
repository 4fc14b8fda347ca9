import {
	DeleteObjectCommand,
	ListMultipartUploadsCommand,
	paginateListObjectsV2,
	S3Client,
} from '@aws-sdk/client-s3';
import { environment } from '../environment.ts';

export interface StoredObject {
	sizeBytes: number;
	etag: string;
}

/** Key prefix of the only object that is not a file. It marks to which database the bucket belongs. */
export const MARK_PREFIX = 'files/belong-to-';

const { bucket: Bucket, endpoint, region, ...credentials } = environment.s3;

const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });

/** Returns all objects of the bucket, by key, and the ids of its open multipart uploads. */
export async function listStore(): Promise<{ objects: Map<string, StoredObject>; uploadIds: string[] }> {
	const objects = new Map<string, StoredObject>();
	for await (const page of paginateListObjectsV2({ client }, { Bucket })) {
		for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
			objects.set(Key, { sizeBytes: Size, etag: ETag });
	}
	const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
	return { objects, uploadIds: Uploads.map(({ UploadId = '' }) => UploadId) };
}

/** Removes an object without the product's knowledge. */
export async function removeFromStore(key: string): Promise<void> {
	await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
}
