import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createStorage } from '@creatorr/storage/storage';
import { median } from '../measure/statistics.ts';
import type { Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';

/** As many as in one response for a file of 10 GiB. */
const URLS = 100;
const ROUNDS = 50;
const WARM_UP_ROUNDS = 5;
const MAX_CPU_MS = 10;

const STORE = {
	...{ endpoint: 'https://store.example', publicEndpoint: 'https://store.example', region: 'auto' },
	...{ bucket: 'bucket', forcePathStyle: true, accessKeyId: 'key-id', secretAccessKey: 'secret' },
};
const KEY = 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ';
const PART = { key: KEY, uploadId: 'upload', sizeBytes: 103 * 1024 ** 2, expiresInSeconds: 24 * 3_600 };

/** Measures the CPU time of presigning the parts of an upload with our signer and with the SDK's, without calling a store. */
export async function* bench(): AsyncGenerator<Section> {
	const storage = createStorage(STORE);
	const client = new S3Client({ ...STORE, credentials: STORE });
	const { ours, sdk } = await runRounds(WARM_UP_ROUNDS + ROUNDS, {
		ours: () => cpuMs((partNumber) => storage.presignPart({ ...PART, audience: 'client', partNumber })),
		sdk: () => cpuMs((partNumber) => presignBySdk(client, partNumber)),
	});
	storage.close();
	client.destroy();
	const [value, ofSdk] = [median(ours.slice(WARM_UP_ROUNDS)), median(sdk.slice(WARM_UP_ROUNDS))];
	yield {
		title: `CPU time of presigning ${URLS} URLs of parts (median of ${ROUNDS} rounds)`,
		figures: [
			{ name: 'our signer', value, unit: 'ms', bar: { atMost: MAX_CPU_MS } },
			{ name: '@aws-sdk/s3-request-presigner', value: ofSdk, unit: 'ms' },
			{ name: 'SDK ÷ ours', value: ofSdk / value },
		],
		files: [],
	};
}

function presignBySdk(client: S3Client, partNumber: number): Promise<string> {
	const { key: Key, uploadId: UploadId, sizeBytes: ContentLength, expiresInSeconds: expiresIn } = PART;
	const part = { Bucket: STORE.bucket, Key, UploadId, PartNumber: partNumber, ContentLength };
	const signableHeaders = new Set(['host', 'content-length']);
	return getSignedUrl(client, new UploadPartCommand(part), { expiresIn, signableHeaders });
}

async function cpuMs(presign: (partNumber: number) => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await Promise.all(Array.from({ length: URLS }, (_, index) => presign(index + 1)));
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1_000;
}
