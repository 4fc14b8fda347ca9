import {
	CreateBucketCommand,
	DeleteBucketCommand,
	DeleteObjectsCommand,
	ListObjectsV2Command,
	S3Client,
} from '@aws-sdk/client-s3';
import { requireTestVariable } from './environment.ts';
import { uniqueName } from './unique-name.ts';

export interface TestBucket {
	endpoint: string;
	region: string;
	bucket: string;
	accessKeyId: string;
	secretAccessKey: string;
	/** Deletes the bucket and every object in it. */
	drop: () => Promise<void>;
}

/**
 * Creates a new, empty bucket, addressed by path, in the store of the local product (TEST_S3_ENDPOINT) unless `endpoint` is given.
 * TEST_RGW_ENDPOINT is the second implementation, with the same key pair.
 */
export async function createBucket({ endpoint }: { endpoint?: string } = {}): Promise<TestBucket> {
	const store = {
		endpoint: endpoint ?? requireTestVariable('TEST_S3_ENDPOINT'),
		region: requireTestVariable('TEST_S3_REGION'),
		accessKeyId: requireTestVariable('TEST_S3_ACCESS_KEY_ID'),
		secretAccessKey: requireTestVariable('TEST_S3_SECRET_ACCESS_KEY'),
	};
	const client = new S3Client({
		endpoint: store.endpoint,
		region: store.region,
		credentials: { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey },
		forcePathStyle: true,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
	const bucket = uniqueName();
	await client.send(new CreateBucketCommand({ Bucket: bucket }));
	return {
		...store,
		bucket,
		async drop() {
			await emptyBucket(client, bucket);
			await client.send(new DeleteBucketCommand({ Bucket: bucket }));
			client.destroy();
		},
	};
}

async function emptyBucket(client: S3Client, bucket: string): Promise<void> {
	while (true) {
		const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
		if (Contents.length === 0) return;
		const objects = Contents.map(({ Key }) => ({ Key }));
		await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects } }));
	}
}
