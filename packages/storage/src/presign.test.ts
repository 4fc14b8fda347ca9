import { afterAll, describe, expect, test } from '@jest/globals';
import { createStorage } from './storage.ts';

const storage = createStorage({
	endpoint: 'http://127.0.0.1:9000',
	publicEndpoint: 'https://files.example',
	region: 'us-east-1',
	bucket: 'bucket',
	accessKeyId: 'key-id',
	secretAccessKey: 'secret',
	forcePathStyle: true,
});

const PUT = { key: 'a/b', contentType: 'application/pdf', sizeBytes: 1_234_567 };
const PART = { key: 'a/b', uploadId: 'upload', partNumber: 3, sizeBytes: 5 };
const FOR_A_CLIENT = { audience: 'client', expiresInSeconds: 3_600 } as const;
const FOR_A_WORKER = { audience: 'worker', expiresInSeconds: 3_600 } as const;

afterAll(() => storage.close());

describe('presigned URLs', () => {
	test('have the public host for clients', async () => {
		const { url } = await storage.presignPut({ ...PUT, ...FOR_A_CLIENT });
		expect(new URL(url).origin).toBe('https://files.example');
	});

	test('have the internal host for workers', async () => {
		const { url } = await storage.presignPut({ ...PUT, ...FOR_A_WORKER });
		expect(new URL(url).origin).toBe('http://127.0.0.1:9000');
	});

	test('of a PUT sign its type and length', async () => {
		const { url } = await storage.presignPut({ ...PUT, ...FOR_A_CLIENT });
		expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
	});

	test('of a part sign its length, and no header that clients would not send', async () => {
		const { url } = await storage.presignPart({ ...PART, ...FOR_A_CLIENT });
		expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
	});

	test('of a GET sign only the host, so that Range and If-Match may be added', async () => {
		const { url } = await storage.presignGet({ key: 'a/b', ...FOR_A_CLIENT });
		expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('host');
	});

	test('of a GET for users make it an attachment of a type that can’t be changed in the URL', async () => {
		const attachment = { fileName: 'a.html', contentType: 'application/octet-stream' };
		const { searchParams } = new URL(
			(await storage.presignGet({ key: 'a/b', attachment, ...FOR_A_CLIENT })).url,
		);
		expect(searchParams.get('response-content-disposition')).toBe('attachment; filename=a.html');
		expect(searchParams.get('response-content-type')).toBe('application/octet-stream');
	});

	test.each([
		['PUT', () => storage.presignPut({ ...PUT, ...FOR_A_CLIENT })],
		['part', () => storage.presignPart({ ...PART, ...FOR_A_CLIENT })],
	])('of a %s require no checksum', async (_, presign) => {
		expect((await presign()).url.toLowerCase()).not.toMatch(/checksum|crc32/);
	});

	test('have the expiry of the signature, to the second', async () => {
		const { url, expiresAt } = await storage.presignGet({ key: 'a/b', ...FOR_A_CLIENT });
		const { searchParams } = new URL(url);
		const signedAt = searchParams.get('X-Amz-Date') ?? '';
		const signedAtIso = signedAt.replace(/(....)(..)(.....)(..)(...)/, '$1-$2-$3:$4:$5');
		expect(searchParams.get('X-Amz-Expires')).toBe('3600');
		expect(expiresAt.getTime() - Date.parse(signedAtIso)).toBe(3_600_000);
	});
});
