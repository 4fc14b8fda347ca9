import { describe, expect, test } from '@jest/globals';
import { listParts, listStaleMultiparts } from './multipart.ts';
import { describeOnEachServer, testUnless } from './testing/contract-servers.ts';
import { collect, FOR_A_CLIENT, listAll, put } from './testing/requests.ts';
import { begin, complete, PARTS, SIZE_BYTES, sendAll, sendPart } from './testing/uploads.ts';

describeOnEachServer((server, testStore) => {
	describe('a part of an upload', () => {
		const presignTenBytes = async (key: string) => {
			const upload = await begin(testStore(), key);
			const part = { ...FOR_A_CLIENT, ...upload, partNumber: 1, sizeBytes: 10 };
			return { upload, url: (await testStore().storage.presignPart(part)).url };
		};

		test('is listed with its size and ETag', async () => {
			const { upload, url } = await presignTenBytes('parts/listed');
			const etag = (await put(url, new Uint8Array(10))).headers.get('etag');
			expect(await testStore().storage.listParts(upload)).toEqual([{ partNumber: 1, sizeBytes: 10, etag }]);
		});

		test('is refused with another length than in the signature', async () => {
			const { upload, url } = await presignTenBytes('parts/length');
			expect((await put(url, new Uint8Array(11))).status).toBe(403);
			expect(await testStore().storage.listParts(upload)).toEqual([]);
		});

		test('is refused under another number than in the signature', async () => {
			const { upload, url } = await presignTenBytes('parts/number');
			expect((await put(url.replace('partNumber=1', 'partNumber=2'), new Uint8Array(10))).status).toBe(403);
			expect(await testStore().storage.listParts(upload)).toEqual([]);
		});

		test('is replaced when it is sent again', async () => {
			const upload = await begin(testStore(), 'parts/replaced');
			const before = await sendPart(testStore(), upload, { partNumber: 1, sizeBytes: 10, fill: 1 });
			const after = await sendPart(testStore(), upload, { partNumber: 1, sizeBytes: 10, fill: 2 });
			expect(after.etag).not.toBe(before.etag);
			expect(await testStore().storage.listParts(upload)).toEqual([{ ...after, sizeBytes: 10 }]);
		});

		test('shows no object before the upload is completed', async () => {
			const upload = await begin(testStore(), 'parts/invisible');
			await sendAll(testStore(), upload);
			expect(await testStore().storage.headObject(upload.key)).toBeNull();
		});

		testUnless(server, 'unfinished-objects-listed')('is in no listing of objects', async () => {
			const upload = await begin(testStore(), 'parts/unlisted');
			await sendPart(testStore(), upload, { partNumber: 1, sizeBytes: 10 });
			expect(await listAll(testStore().storage, upload.key)).toEqual([]);
		});

		test('counts when an upload is resumed from the store’s list', async () => {
			const upload = await begin(testStore(), 'parts/resumed');
			const [first, ...missing] = PARTS;
			await sendPart(testStore(), upload, { partNumber: 1, sizeBytes: first?.sizeBytes ?? 0 });
			expect(await testStore().storage.listParts(upload)).toMatchObject([{ ...first }]);
			for (const part of missing) {
				await sendPart(testStore(), upload, part);
			}
			const listed = await testStore().storage.listParts(upload);
			expect((await complete(testStore(), upload, listed)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('is listed beyond the first page', async () => {
			const upload = await begin(testStore(), 'parts/pages');
			const numbers = [1, 2, 3, 4, 5];
			for (const partNumber of numbers) {
				await sendPart(testStore(), upload, { partNumber, sizeBytes: 1 });
			}
			const listed = await listParts(testStore().connection, upload, 2);
			expect(listed.map((part) => part.partNumber)).toEqual(numbers);
		});

		// Not a testUnless: a server with this fault loses parts only sometimes.
		if (!server.faults.includes('lost-parallel-parts')) {
			test('is stored while others are being sent', async () => {
				const upload = await begin(testStore(), 'parts/parallel');
				const parts = await Promise.all(PARTS.map((part) => sendPart(testStore(), upload, part)));
				expect((await complete(testStore(), upload, parts)).sizeBytes).toBe(SIZE_BYTES);
			});
		}
	});

	describe('listing stale uploads', () => {
		const stale = (prefix: string, startedBefore: Date) =>
			collect(testStore().storage.listStaleMultiparts({ prefix, startedBefore }));
		const inAMinute = () => new Date(Date.now() + 60_000);

		testUnless(server, 'no-upload-list')('finds those under the prefix, and not the others', async () => {
			const upload = await begin(testStore(), 'stale/one');
			await begin(testStore(), 'fresh/other');
			expect(await stale('stale/', inAMinute())).toEqual([{ ...upload, startedAt: expect.any(Date) }]);
		});

		testUnless(server, 'no-upload-list')('continues after the first page', async () => {
			const keys = ['old/a', 'old/a', 'old/b', 'old/c', 'old/d'];
			for (const key of keys) {
				await begin(testStore(), key);
			}
			const input = { prefix: 'old/', startedBefore: inAMinute() };
			const listed = await collect(listStaleMultiparts(testStore().connection, input, 2));
			expect(listed.map((upload) => upload.key)).toEqual(keys);
		});

		test('leaves out uploads that began after the time', async () => {
			await begin(testStore(), 'young/one');
			expect(await stale('young/', new Date(Date.now() - 60_000))).toEqual([]);
		});

		test('leaves out aborted uploads', async () => {
			await testStore().storage.abortMultipart(await begin(testStore(), 'gone/one'));
			expect(await stale('gone/', inAMinute())).toEqual([]);
		});
	});
});
