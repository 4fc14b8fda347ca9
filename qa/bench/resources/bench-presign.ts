import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createStorage } from '@creatorr/storage/storage';
import { median } from '../measure/statistics.ts';
import type { Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';

/** As in one answer about a file of 10 GiB. */
const URLS = 100;
const ROUNDS = 50;
const WARM_UP_ROUNDS = 5;
const MAX_CPU_MS = 10;
const EXPIRES_IN_SECONDS = 24 * 3_600;

const STORE = {
	endpoint: 'https://store.example',
	region: 'auto',
	bucket: 'bucket',
	forcePathStyle: true,
	accessKeyId: 'key-id',
	secretAccessKey: 'secret',
};
const PART = { key: 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ', uploadId: 'upload', sizeBytes: 103 * 1024 ** 2 };

/** Measures the CPU time of presigning the parts of an upload with our signer and with the SDK's. Neither calls a store. */
export async function* bench(): AsyncGenerator<Section> {
	const storage = createStorage({ ...STORE, publicEndpoint: STORE.endpoint });
	const client = new S3Client({ ...STORE, credentials: STORE });
	const times = await runRounds(WARM_UP_ROUNDS + ROUNDS, {
		ours: () =>
			cpuMs((partNumber) =>
				storage.presignPart({
					...PART,
					partNumber,
					audience: 'client',
					expiresInSeconds: EXPIRES_IN_SECONDS,
				}),
			),
		sdk: () => cpuMs((partNumber) => presignBySdk(client, partNumber)),
	});
	storage.close();
	client.destroy();
	const [ours, sdk] = [times.ours.slice(WARM_UP_ROUNDS), times.sdk.slice(WARM_UP_ROUNDS)];
	yield {
		title: `CPU time of presigning ${URLS} URLs of parts (median of ${ROUNDS} rounds)`,
		figures: [
			{ name: 'our signer', value: median(ours), unit: 'ms', bar: { atMost: MAX_CPU_MS } },
			{ name: '@aws-sdk/s3-request-presigner', value: median(sdk), unit: 'ms' },
			{ name: 'SDK ÷ ours', value: median(sdk) / median(ours) },
		],
		files: ours.map((ms, index) => ({
			round: index + 1,
			'ours, ms': ms,
			'SDK, ms': sdk[index] ?? Number.NaN,
		})),
	};
}

function presignBySdk(client: S3Client, partNumber: number): Promise<string> {
	const command = new UploadPartCommand({
		Bucket: STORE.bucket,
		Key: PART.key,
		UploadId: PART.uploadId,
		PartNumber: partNumber,
		ContentLength: PART.sizeBytes,
	});
	const signableHeaders = new Set(['host', 'content-length']);
	return getSignedUrl(client, command, { expiresIn: EXPIRES_IN_SECONDS, signableHeaders });
}

async function cpuMs(presign: (partNumber: number) => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await Promise.all(Array.from({ length: URLS }, (_, index) => presign(index + 1)));
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1_000;
}
