import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { environment } from '../environment.ts';

export interface StoredObject {
	sizeBytes: number;
	etag: string;
}

/** Everything that the bucket has, by key. */
export async function listStore(): Promise<{
	objects: Map<string, StoredObject>;
	/** Uploads in parts that have not ended, by id. */
	uploads: Map<string, string>;
}> {
	const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = environment.s3;
	const credentials = { accessKeyId, secretAccessKey };
	const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
	try {
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
	} finally {
		client.destroy();
	}
}
