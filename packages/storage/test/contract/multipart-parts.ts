import { describe, expect, test } from '@jest/globals';
import { listParts } from '../../src/list-parts.ts';
import { listStaleMultiparts } from '../../src/list-stale-multiparts.ts';
import { collect } from './collect.ts';
import { listAll } from './list-all.ts';
import { FOR_A_CLIENT, put } from './requests.ts';
import { type Bench, type ContractServer, testUnless } from './server.ts';
import { begin, complete, PLAN, SIZE_BYTES, sendAll, sendPart } from './uploads.ts';

export function multipartPartsContract(server: ContractServer, bench: () => Bench): void {
	describe('a part of an upload', () => {
		const presignTenBytes = async (key: string) => {
			const upload = await begin(bench(), key);
			const part = { ...FOR_A_CLIENT, ...upload, partNumber: 1, sizeBytes: 10 };
			return { upload, url: (await bench().storage.presignPart(part)).url };
		};

		test('is listed with its size and ETag', async () => {
			const { upload, url } = await presignTenBytes('parts/listed');
			const etag = (await put(url, new Uint8Array(10))).headers.get('etag');
			expect(await bench().storage.listParts(upload)).toEqual([{ partNumber: 1, sizeBytes: 10, etag }]);
		});

		test('is refused with another length than was signed', async () => {
			const { upload, url } = await presignTenBytes('parts/length');
			expect((await put(url, new Uint8Array(11))).status).toBe(403);
			expect(await bench().storage.listParts(upload)).toEqual([]);
		});

		test('is refused under another number than was signed', async () => {
			const { upload, url } = await presignTenBytes('parts/number');
			expect((await put(url.replace('partNumber=1', 'partNumber=2'), new Uint8Array(10))).status).toBe(403);
			expect(await bench().storage.listParts(upload)).toEqual([]);
		});

		test('is replaced when it is sent again', async () => {
			const upload = await begin(bench(), 'parts/replaced');
			const before = await sendPart(bench(), upload, { partNumber: 1, sizeBytes: 10, fill: 1 });
			const after = await sendPart(bench(), upload, { partNumber: 1, sizeBytes: 10, fill: 2 });
			expect(after.etag).not.toBe(before.etag);
			expect(await bench().storage.listParts(upload)).toEqual([{ ...after, sizeBytes: 10 }]);
		});

		test('shows no object before the upload is completed', async () => {
			const upload = await begin(bench(), 'parts/invisible');
			await sendAll(bench(), upload);
			expect(await bench().storage.headObject(upload.key)).toBeNull();
		});

		testUnless(server, 'unfinished-objects-listed')('is in no listing of objects', async () => {
			const upload = await begin(bench(), 'parts/unlisted');
			await sendPart(bench(), upload, { partNumber: 1, sizeBytes: 10 });
			expect(await listAll(bench().storage, upload.key)).toEqual([]);
		});

		test('counts when an upload is resumed from what the store lists', async () => {
			const upload = await begin(bench(), 'parts/resumed');
			const [first, ...missing] = PLAN.parts;
			await sendPart(bench(), upload, { partNumber: 1, sizeBytes: first?.sizeBytes ?? 0 });
			expect(await bench().storage.listParts(upload)).toMatchObject([{ ...first }]);
			for (const part of missing) {
				await sendPart(bench(), upload, part);
			}
			const listed = await bench().storage.listParts(upload);
			expect((await complete(bench(), upload, listed)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('is listed also past the first page', async () => {
			const upload = await begin(bench(), 'parts/pages');
			const numbers = [1, 2, 3, 4, 5];
			for (const partNumber of numbers) {
				await sendPart(bench(), upload, { partNumber, sizeBytes: 1 });
			}
			const listed = await listParts(bench().connection, upload, 2);
			expect(listed.map((part) => part.partNumber)).toEqual(numbers);
		});

		// Not a testUnless: whether a server with this fault loses parts is a matter of luck.
		if (!server.faults.includes('lost-parallel-parts')) {
			test('arrives while others do', async () => {
				const upload = await begin(bench(), 'parts/parallel');
				const parts = await Promise.all(PLAN.parts.map((part) => sendPart(bench(), upload, part)));
				expect((await complete(bench(), upload, parts)).sizeBytes).toBe(SIZE_BYTES);
			});
		}
	});

	describe('listing stale uploads', () => {
		const stale = (prefix: string, startedBefore: Date) =>
			collect(bench().storage.listStaleMultiparts({ prefix, startedBefore }));
		const inAMinute = () => new Date(Date.now() + 60_000);

		testUnless(server, 'no-upload-list')('finds those under the prefix, and not the others', async () => {
			const upload = await begin(bench(), 'stale/one');
			await begin(bench(), 'fresh/other');
			expect(await stale('stale/', inAMinute())).toEqual([{ ...upload, startedAt: expect.any(Date) }]);
		});

		testUnless(server, 'no-upload-list')('goes on past the first page', async () => {
			const keys = ['old/a', 'old/a', 'old/b', 'old/c', 'old/d'];
			for (const key of keys) {
				await begin(bench(), key);
			}
			const input = { prefix: 'old/', startedBefore: inAMinute() };
			const listed = await collect(listStaleMultiparts(bench().connection, input, 2));
			expect(listed.map((upload) => upload.key)).toEqual(keys);
		});

		test('leaves out those that began after the time', async () => {
			await begin(bench(), 'young/one');
			expect(await stale('young/', new Date(Date.now() - 60_000))).toEqual([]);
		});

		test('leaves out those that were aborted', async () => {
			await bench().storage.abortMultipart(await begin(bench(), 'gone/one'));
			expect(await stale('gone/', inAMinute())).toEqual([]);
		});
	});
}
