import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { createStorage } from '@creatorr/storage/storage';
import { median } from '../measure/statistics.ts';
import type { Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { say } from '../say.ts';

/** As many as one answer about a file of 10 GiB has. */
const URLS = 100;
const ROUNDS = 50;
const WARM_UP_ROUNDS = 5;
const MAX_CPU_MS = 10;
const EXPIRES_IN_SECONDS = 24 * 3_600;

const STORE = {
	...{ endpoint: 'https://store.example', region: 'auto', bucket: 'bucket', forcePathStyle: true },
	...{ accessKeyId: 'key-id', secretAccessKey: 'secret' },
};
const PART = { key: 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ', uploadId: 'upload', sizeBytes: 103 * 1024 ** 2 };

type Sign = (partNumber: number) => Promise<unknown>;

/** CPU time of presigning 100 URLs of parts: our signer and the SDK's presigner, in turn. Neither asks a store. */
export async function benchPresign(): Promise<Section[]> {
	const storage = createStorage({ ...STORE, publicEndpoint: STORE.endpoint });
	const client = new S3Client({ ...STORE, credentials: STORE });
	const signers: Record<'ours' | 'sdk', Sign> = {
		ours: (partNumber) =>
			storage.presignPart({ ...PART, partNumber, audience: 'client', expiresInSeconds: EXPIRES_IN_SECONDS }),
		sdk: (partNumber) => signBySdk(client, partNumber),
	};
	const files = [];
	for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
		const times = { ours: await cpuMs(signers.ours), sdk: await cpuMs(signers.sdk) };
		if (round >= 0) files.push({ round: round + 1, 'ours, ms': times.ours, 'SDK, ms': times.sdk });
	}
	storage.close();
	client.destroy();
	const [ours, sdk] = [
		median(files.map((row) => row['ours, ms'])),
		median(files.map((row) => row['SDK, ms'])),
	];
	const section: Section = {
		title: `CPU time of presigning ${URLS} URLs of parts (median of ${ROUNDS} rounds)`,
		figures: [
			{ name: 'our signer', value: ours, unit: 'ms', bar: { atMost: MAX_CPU_MS } },
			{ name: '@aws-sdk/s3-request-presigner', value: sdk, unit: 'ms' },
			{ name: 'SDK ÷ ours', value: sdk / ours },
		],
		files: [],
	};
	say(renderSection(section));
	return [{ ...section, files }];
}

function signBySdk(client: S3Client, partNumber: number): Promise<string> {
	const { key, uploadId, sizeBytes } = PART;
	const command = new UploadPartCommand({
		...{
			Bucket: STORE.bucket,
			Key: key,
			UploadId: uploadId,
			PartNumber: partNumber,
			ContentLength: sizeBytes,
		},
	});
	const signableHeaders = new Set(['host', 'content-length']);
	return getSignedUrl(client, command, { expiresIn: EXPIRES_IN_SECONDS, signableHeaders });
}

async function cpuMs(sign: Sign): Promise<number> {
	const before = process.cpuUsage();
	await Promise.all(Array.from({ length: URLS }, (_, index) => sign(index + 1)));
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1_000;
}
