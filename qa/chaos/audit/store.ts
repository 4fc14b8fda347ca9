import {
	DeleteObjectCommand,
	ListMultipartUploadsCommand,
	paginateListObjectsV2,
	S3Client,
} from '@aws-sdk/client-s3';
import { requireVariable } from '../../driver/environment.ts';

/** Key prefix of the only object that is not a file. It marks to which database the bucket belongs. */
export const MARK_PREFIX = 'files/belong-to-';

const Bucket = requireVariable('TEST_S3_BUCKET');
const client = new S3Client({
	endpoint: requireVariable('TEST_S3_ENDPOINT'),
	region: requireVariable('TEST_S3_REGION'),
	credentials: {
		accessKeyId: requireVariable('TEST_S3_ACCESS_KEY_ID'),
		secretAccessKey: requireVariable('TEST_S3_SECRET_ACCESS_KEY'),
	},
	forcePathStyle: true,
});

/** Returns all objects of the bucket, by key, and the ids of its open multipart uploads. */
export async function listStore() {
	const objects = new Map<string, { sizeBytes: number; etag: string }>();
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
