import { describe, expect, test } from '@jest/globals';
import { type CompletedPart, checkParts } from './complete-multipart.ts';
import { InvalidPartsError, UploadNotFoundError } from './errors.ts';
import type { MultipartUpload } from './multipart.ts';
import { createStorage } from './storage.ts';
import { describeOnEachServer, testUnless } from './testing/contract-servers.ts';
import { startLossyProxy } from './testing/lossy-proxy.ts';
import { FOR_A_CLIENT, put, store } from './testing/requests.ts';
import { begin, complete, PARTS, SIZE_BYTES, sendAll, sendPart } from './testing/uploads.ts';

const WRONG_ETAG = '"00000000000000000000000000000000"';

type Spoiling = [what: string, spoil: (parts: CompletedPart[]) => CompletedPart[]];

describeOnEachServer((server, testStore) => {
	const beginAndSend = async (key: string): Promise<{ upload: MultipartUpload; parts: CompletedPart[] }> => {
		const upload = await begin(testStore(), key);
		return { upload, parts: await sendAll(testStore(), upload) };
	};

	const read = async (key: string) =>
		fetch((await testStore().storage.presignGet({ ...FOR_A_CLIENT, key })).url);

	describe('completing an upload', () => {
		test('creates one object of the declared size', async () => {
			const { upload, parts } = await beginAndSend('end/whole');
			const object = await complete(testStore(), upload, parts);
			expect(object.sizeBytes).toBe(SIZE_BYTES);
			expect(await testStore().storage.headObject(upload.key)).toEqual(object);
		});

		test('keeps the content type of the upload', async () => {
			const { upload, parts } = await beginAndSend('end/typed');
			await complete(testStore(), upload, parts);
			const response = await read(upload.key);
			await response.arrayBuffer();
			expect(response.headers.get('content-type')).toBe('application/pdf');
		});

		testUnless(server, 'wrong-joins')('joins the bytes in order', async () => {
			const { upload, parts } = await beginAndSend('end/joined');
			await complete(testStore(), upload, parts);
			const expected = PARTS.map((part) => Buffer.alloc(part.sizeBytes, part.partNumber));
			const actual = Buffer.from(await (await read(upload.key)).arrayBuffer());
			expect(actual.equals(Buffer.concat(expected))).toBe(true);
		});

		test('accepts part ETags without quotes', async () => {
			const { upload, parts } = await beginAndSend('end/bare');
			const bare = parts.map((part) => ({ ...part, etag: part.etag.replaceAll('"', '') }));
			expect((await complete(testStore(), upload, bare)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('is idempotent', async () => {
			const { upload, parts } = await beginAndSend('end/twice');
			const first = await complete(testStore(), upload, parts);
			expect(await complete(testStore(), upload, parts)).toEqual(first);
		});

		test('is idempotent for concurrent calls', async () => {
			const { upload, parts } = await beginAndSend('end/at-once');
			const [first, ...others] = await Promise.all([1, 2, 3].map(() => complete(testStore(), upload, parts)));
			expect(others).toEqual([first, first]);
		});

		test('whose response is lost is found completed', async () => {
			const { upload, parts } = await beginAndSend('end/lost-answer');
			const proxy = await startLossyProxy(server.endpoint);
			const storage = createStorage({ ...testStore().config, endpoint: proxy.endpoint });
			const object = await storage.completeMultipart({ ...upload, parts, sizeBytes: SIZE_BYTES });
			expect(object).toEqual(await testStore().storage.headObject(upload.key));
			expect(object.sizeBytes).toBe(SIZE_BYTES);
			expect(proxy.completions()).toBe(2);
			storage.close();
			await proxy.close();
		});

		test.each<Spoiling>([
			['a wrong etag', (parts) => parts.map((part) => ({ ...part, etag: WRONG_ETAG }))],
			['a part left out', (parts) => parts.slice(0, -1)],
			['a part never sent', (parts) => [...parts, { partNumber: 9, etag: WRONG_ETAG }]],
			['parts out of order', (parts) => parts.toReversed()],
			['no parts', () => []],
		])('with %s is refused, and succeeds afterwards', async (what, spoil) => {
			const { upload, parts } = await beginAndSend(`end/${what.replaceAll(' ', '-')}`);
			await expect(complete(testStore(), upload, spoil(parts))).rejects.toBeInstanceOf(InvalidPartsError);
			expect(await testStore().storage.headObject(upload.key)).toBeNull();
			expect((await complete(testStore(), upload, parts)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('with parts below the minimum size is refused', async () => {
			const upload = await begin(testStore(), 'end/small');
			const parts = [
				await sendPart(testStore(), upload, { partNumber: 1, sizeBytes: 10 }),
				await sendPart(testStore(), upload, { partNumber: 2, sizeBytes: 10 }),
			];
			const attempt = testStore().storage.completeMultipart({ ...upload, parts, sizeBytes: 20 });
			await expect(attempt).rejects.toBeInstanceOf(InvalidPartsError);
		});

		test('of a finished upload is not found if the object has another size', async () => {
			await store(testStore().storage, 'end/other', 'hello');
			const { upload, parts } = await beginAndSend('end/other');
			await testStore().storage.abortMultipart(upload);
			await expect(complete(testStore(), upload, parts)).rejects.toBeInstanceOf(UploadNotFoundError);
		});
	});

	describe('aborting an upload', () => {
		test('removes its parts', async () => {
			const { upload, parts } = await beginAndSend('end/aborted');
			await testStore().storage.abortMultipart(upload);
			await expect(testStore().storage.listParts(upload)).rejects.toBeInstanceOf(UploadNotFoundError);
			await expect(complete(testStore(), upload, parts)).rejects.toBeInstanceOf(UploadNotFoundError);
			expect(await testStore().storage.headObject(upload.key)).toBeNull();
		});

		test('invalidates the URLs of its parts', async () => {
			const upload = await begin(testStore(), 'end/late-part');
			const part = { ...FOR_A_CLIENT, ...upload, partNumber: 1, sizeBytes: 10 };
			const { url } = await testStore().storage.presignPart(part);
			await testStore().storage.abortMultipart(upload);
			expect((await put(url, new Uint8Array(10))).status).toBe(404);
		});

		test('is idempotent', async () => {
			const upload = await begin(testStore(), 'end/aborted-twice');
			await testStore().storage.abortMultipart(upload);
			await expect(testStore().storage.abortMultipart(upload)).resolves.toBeUndefined();
		});

		test('after its completion keeps the object', async () => {
			const { upload, parts } = await beginAndSend('end/late-abort');
			const object = await complete(testStore(), upload, parts);
			await testStore().storage.abortMultipart(upload);
			expect(await testStore().storage.headObject(upload.key)).toEqual(object);
		});
	});
});

const STORED = [
	{ partNumber: 1, sizeBytes: 10, etag: '"aa"' },
	{ partNumber: 2, sizeBytes: 10, etag: '"bb"' },
	{ partNumber: 3, sizeBytes: 4, etag: '"cc"' },
];
const LISTED = STORED.map(({ partNumber, etag }) => ({ partNumber, etag }));

describe('checkParts', () => {
	test('returns nothing for the parts in the store', () => {
		expect(checkParts(LISTED, STORED, 24)).toEqual([]);
	});

	test('accepts ETags without quotes', () => {
		const bare = LISTED.map((part) => ({ ...part, etag: part.etag.slice(1, -1) }));
		expect(checkParts(bare, STORED, 24)).toEqual([]);
	});

	test('names every wrong part', () => {
		const listed = [
			{ partNumber: 1, etag: '"xx"' },
			{ partNumber: 3, etag: '"cc"' },
			{ partNumber: 9, etag: '"dd"' },
		];
		expect(checkParts(listed, STORED, 24)).toEqual([
			{ partNumber: 1, message: 'part 1 was uploaded with another etag' },
			{ partNumber: 9, message: 'part 9 has not been uploaded' },
		]);
	});

	test('refuses a repeated part', () => {
		const listed = [...LISTED, { partNumber: 3, etag: '"cc"' }];
		expect(checkParts(listed, STORED, 24)).toEqual([
			{ partNumber: 3, message: 'part 3 is not in ascending order' },
		]);
	});

	test('refuses parts that leave out bytes', () => {
		expect(checkParts(LISTED.slice(0, 2), STORED, 24)).toEqual([
			{ message: 'the parts add up to 20 bytes instead of 24' },
		]);
	});
});
