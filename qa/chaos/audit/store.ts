import {
	DeleteObjectCommand,
	ListMultipartUploadsCommand,
	ListObjectsV2Command,
	S3Client,
} from '@aws-sdk/client-s3';
import { environment } from '../environment.ts';

export interface StoredObject {
	sizeBytes: number;
	etag: string;
}

/** Of the one object that is no file: it says whose bucket it is. */
export const MARK_PREFIX = 'files/belong-to-';

const Bucket = environment.s3.bucket;

async function withStore<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
	const { endpoint, region, accessKeyId, secretAccessKey } = environment.s3;
	const credentials = { accessKeyId, secretAccessKey };
	const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
	try {
		return await work(client);
	} finally {
		client.destroy();
	}
}

/** Everything that the bucket has, by key. */
export function listStore(): Promise<{
	objects: Map<string, StoredObject>;
	/** Uploads in parts that have not ended, by id. */
	uploads: Map<string, string>;
}> {
	return withStore(async (client) => {
		const objects = new Map<string, StoredObject>();
		for (let ContinuationToken: string | undefined; ; ) {
			const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
			for (const { Key, Size, ETag } of page.Contents ?? []) {
				objects.set(Key ?? '', { sizeBytes: Size ?? 0, etag: ETag ?? '' });
			}
			ContinuationToken = page.NextContinuationToken;
			if (!page.IsTruncated) break;
		}
		const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
		return { objects, uploads: new Map(Uploads.map(({ UploadId, Key }) => [UploadId ?? '', Key ?? ''])) };
	});
}

/** Takes an object away behind the product's back. */
export async function removeFromStore(key: string): Promise<void> {
	await withStore((client) => client.send(new DeleteObjectCommand({ Bucket, Key: key })));
}
