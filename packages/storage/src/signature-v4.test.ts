import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, jest, test } from '@jest/globals';
import { attachmentDisposition } from './attachment-disposition.ts';
import { createSigner } from './signature-v4.ts';
import { createStorage } from './storage.ts';

const CREDENTIALS = { accessKeyId: 'key/id+', secretAccessKey: 'a/secret+=' };
const REGION = 'eu-central-1';

/** Endpoint, bucket and style decide the place of the bucket's name and the signed Host. */
const ADDRESSES = {
	'path style on a port': ['http://127.0.0.1:9000', 'bucket', true],
	'virtual-host style': ['https://s3.eu-central-1.amazonaws.com', 'bucket', false],
	'virtual-host style on a port': ['https://store.example:8443', 'bucket', false],
	'virtual-host style asked for at an address without a name': ['http://127.0.0.1:9000', 'bucket', false],
	'a bucket with dots, which no certificate covers': ['https://store.example', 'my.bucket', false],
	'an endpoint with a path': ['https://store.example/s3', 'bucket', true],
	'an endpoint in capitals, with its default port': ['https://Store.Example:443', 'bucket', true],
	R2: ['https://0123456789abcdef.r2.cloudflarestorage.com', 'bucket', true],
} as const;

const KEYS = {
	'of a file': 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ',
	'with reserved characters': 'a b/c\'(!)*+?&=%41#;:@$,~-_.[]{}|\\^`<>"',
	'with dot segments and empty ones': 'a/./b/../c//d/',
	'that begins with a slash': '/a',
	'beyond ASCII': 'Übergröße/年度报告/👩‍👩‍👧.pdf',
	'with control characters': 'a\r\nb\tc',
};

const CONTENT_TYPES = ['application/pdf', 'text/plain; charset=utf-8', 'a/b; c="d  e"'];
const NAMES = ['report.pdf', 'résumé "final" (2)*.pdf', '👩 100%41+1&2=3#4?.pdf'];

type Command = GetObjectCommand | PutObjectCommand | UploadPartCommand;

function bench([endpoint, bucket, forcePathStyle]: readonly [string, string, boolean]) {
	const shared = { endpoint, region: REGION, forcePathStyle };
	const client = new S3Client({
		...shared,
		credentials: CREDENTIALS,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
	return {
		bucket,
		storage: createStorage({ ...shared, ...CREDENTIALS, bucket, publicEndpoint: endpoint }),
		bySdk: (command: Command, signedHeaders: string[] = []) =>
			getSignedUrl(client, command as PutObjectCommand, {
				expiresIn: 3_600,
				signingDate: new Date(),
				signableHeaders: new Set(['host', ...signedHeaders]),
			}),
	};
}

/** Parameters of every download that override headers of the PUT. */
const NEUTRAL = {
	ResponseCacheControl: 'private, no-store',
	ResponseContentEncoding: 'identity',
	ResponseContentLanguage: 'und',
	ResponseExpires: new Date(0),
};

const FOR_A_CLIENT = { audience: 'client', expiresInSeconds: 3_600 } as const;

describe('presign returns the same URL as the SDK', () => {
	jest.useFakeTimers({
		now: Date.UTC(2026, 1, 3, 4, 5, 6),
		doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'],
	});

	describe.each(Object.entries(ADDRESSES))('for %s', (_, address) => {
		const { storage, bySdk, bucket } = bench(address);

		test.each(Object.entries(KEYS))('and a key %s', async (__, Key) => {
			const at = { Bucket: bucket, Key };
			const get = await storage.presignGet({ key: Key, ...FOR_A_CLIENT });
			expect(get.url).toBe(await bySdk(new GetObjectCommand({ ...at, ...NEUTRAL })));
			const put = await storage.presignPut({ key: Key, contentType: 'a/b', sizeBytes: 7, ...FOR_A_CLIENT });
			const command = new PutObjectCommand({ ...at, ContentType: 'a/b', ContentLength: 7 });
			expect(put.url).toBe(await bySdk(command, ['content-type', 'content-length']));
		});
	});

	const { storage, bySdk, bucket } = bench(ADDRESSES['path style on a port']);
	const at = { Bucket: bucket, Key: KEYS['of a file'] };

	test.each(CONTENT_TYPES)('of a PUT of the type %s', async (ContentType) => {
		const input = { key: at.Key, contentType: ContentType, sizeBytes: 5_000_000_000, ...FOR_A_CLIENT };
		const command = new PutObjectCommand({ ...at, ContentType, ContentLength: 5_000_000_000 });
		expect((await storage.presignPut(input)).url).toBe(
			await bySdk(command, ['content-type', 'content-length']),
		);
	});

	test.each(['2~x.y_z-0', 'a/b+c==', 'é &?#'])('of a part of the upload %s', async (uploadId) => {
		const part = { key: at.Key, uploadId, partNumber: 10_000, sizeBytes: 5 * 1024 ** 2 };
		const command = new UploadPartCommand({
			...at,
			UploadId: uploadId,
			PartNumber: part.partNumber,
			ContentLength: part.sizeBytes,
		});
		const { url } = await storage.presignPart({ ...part, ...FOR_A_CLIENT });
		expect(url).toBe(await bySdk(command, ['content-length']));
	});

	test.each(NAMES)('of a download as %s', async (fileName) => {
		const attachment = { fileName, contentType: 'application/pdf' };
		const command = new GetObjectCommand({
			...at,
			...NEUTRAL,
			ResponseContentDisposition: attachmentDisposition(fileName),
			ResponseContentType: attachment.contentType,
		});
		const { url } = await storage.presignGet({ key: at.Key, attachment, ...FOR_A_CLIENT });
		expect(url).toBe(await bySdk(command));
	});

	test('on the next day, with the key of that day', async () => {
		const presign = async () => (await storage.presignGet({ key: at.Key, ...FOR_A_CLIENT })).url;
		const today = await presign();
		jest.setSystemTime(Date.UTC(2026, 1, 4));
		expect(await presign()).toBe(await bySdk(new GetObjectCommand({ ...at, ...NEUTRAL })));
		jest.setSystemTime(Date.UTC(2026, 1, 3, 4, 5, 6));
		expect(await presign()).toBe(today);
	});
});

test('a signer derives the key of a day once, which makes the URLs of many parts cheap', () => {
	const { keyOf } = createSigner({ accessKeyId: 'id', secretAccessKey: 'secret', region: 'auto' });
	const key = keyOf('20261130');
	expect(keyOf('20261130')).toBe(key);
	expect(keyOf('20261201')).not.toBe(key);
});

test('presign refuses a longer lifetime than a store accepts', async () => {
	const { storage } = bench(ADDRESSES.R2);
	const presign = (expiresInSeconds: number) =>
		storage.presignGet({ key: 'a', audience: 'client', expiresInSeconds });
	await expect(presign(604_801)).rejects.toThrow(RangeError);
	await expect(presign(604_800)).resolves.toMatchObject({ url: expect.stringContaining('Expires=604800') });
});
