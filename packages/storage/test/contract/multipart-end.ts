import { describe, expect, test } from '@jest/globals';
import type { ClaimedPart } from '../../src/check-parts.ts';
import { InvalidParts, UploadNotFound } from '../../src/errors.ts';
import type { MultipartUpload } from '../../src/list-parts.ts';
import { createStorage } from '../../src/storage.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { FOR_A_CLIENT, put, store } from './requests.ts';
import { type Bench, type ContractServer, testUnless } from './server.ts';
import { begin, complete, PLAN, SIZE_BYTES, sendAll, sendPart } from './uploads.ts';

const WRONG_ETAG = '"00000000000000000000000000000000"';

type Spoiling = [what: string, spoil: (parts: ClaimedPart[]) => ClaimedPart[]];

export function multipartEndContract(server: ContractServer, bench: () => Bench): void {
	const beginAndSend = async (key: string): Promise<{ upload: MultipartUpload; parts: ClaimedPart[] }> => {
		const upload = await begin(bench(), key);
		return { upload, parts: await sendAll(bench(), upload) };
	};

	const read = async (key: string) => fetch((await bench().storage.presignGet({ ...FOR_A_CLIENT, key })).url);

	describe('completing an upload', () => {
		test('makes one object of the declared size', async () => {
			const { upload, parts } = await beginAndSend('end/whole');
			const object = await complete(bench(), upload, parts);
			expect(object.sizeBytes).toBe(SIZE_BYTES);
			expect(await bench().storage.headObject(upload.key)).toEqual(object);
		});

		test('keeps the type that the upload was begun with', async () => {
			const { upload, parts } = await beginAndSend('end/typed');
			await complete(bench(), upload, parts);
			const response = await read(upload.key);
			await response.arrayBuffer();
			expect(response.headers.get('content-type')).toBe('application/pdf');
		});

		testUnless(server, 'wrong-joins')('joins the bytes in order', async () => {
			const { upload, parts } = await beginAndSend('end/joined');
			await complete(bench(), upload, parts);
			const expected = PLAN.parts.map((part) => Buffer.alloc(part.sizeBytes, part.partNumber));
			const actual = Buffer.from(await (await read(upload.key)).arrayBuffer());
			expect(actual.equals(Buffer.concat(expected))).toBe(true);
		});

		test('takes part ETags without their quotes', async () => {
			const { upload, parts } = await beginAndSend('end/bare');
			const bare = parts.map((part) => ({ ...part, etag: part.etag.replaceAll('"', '') }));
			expect((await complete(bench(), upload, bare)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('twice gives the same answer', async () => {
			const { upload, parts } = await beginAndSend('end/twice');
			const first = await complete(bench(), upload, parts);
			expect(await complete(bench(), upload, parts)).toEqual(first);
		});

		test('several times at once gives the same answer', async () => {
			const { upload, parts } = await beginAndSend('end/at-once');
			const [first, ...others] = await Promise.all([1, 2, 3].map(() => complete(bench(), upload, parts)));
			expect(others).toEqual([first, first]);
		});

		test('whose answer gets lost is found done', async () => {
			const { upload, parts } = await beginAndSend('end/lost-answer');
			const proxy = await startLossyProxy(server.endpoint);
			const storage = createStorage({ ...bench().config, endpoint: proxy.endpoint });
			const object = await storage.completeMultipart({ ...upload, parts, sizeBytes: SIZE_BYTES });
			expect(object).toEqual(await bench().storage.headObject(upload.key));
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
		])('with %s is refused, and can be done right afterwards', async (what, spoil) => {
			const { upload, parts } = await beginAndSend(`end/${what.replaceAll(' ', '-')}`);
			await expect(complete(bench(), upload, spoil(parts))).rejects.toBeInstanceOf(InvalidParts);
			expect(await bench().storage.headObject(upload.key)).toBeNull();
			expect((await complete(bench(), upload, parts)).sizeBytes).toBe(SIZE_BYTES);
		});

		test('with parts below the smallest size is refused', async () => {
			const upload = await begin(bench(), 'end/small');
			const parts = [
				await sendPart(bench(), upload, { partNumber: 1, sizeBytes: 10 }),
				await sendPart(bench(), upload, { partNumber: 2, sizeBytes: 10 }),
			];
			const attempt = bench().storage.completeMultipart({ ...upload, parts, sizeBytes: 20 });
			await expect(attempt).rejects.toBeInstanceOf(InvalidParts);
		});

		test('that is over is not found where an object of another size is', async () => {
			await store(bench().storage, 'end/other', 'hello');
			const { upload, parts } = await beginAndSend('end/other');
			await bench().storage.abortMultipart(upload);
			await expect(complete(bench(), upload, parts)).rejects.toBeInstanceOf(UploadNotFound);
		});
	});

	describe('aborting an upload', () => {
		test('removes its parts', async () => {
			const { upload, parts } = await beginAndSend('end/aborted');
			await bench().storage.abortMultipart(upload);
			await expect(bench().storage.listParts(upload)).rejects.toBeInstanceOf(UploadNotFound);
			await expect(complete(bench(), upload, parts)).rejects.toBeInstanceOf(UploadNotFound);
			expect(await bench().storage.headObject(upload.key)).toBeNull();
		});

		test('makes the URLs of its parts useless', async () => {
			const upload = await begin(bench(), 'end/late-part');
			const part = { ...FOR_A_CLIENT, ...upload, partNumber: 1, sizeBytes: 10 };
			const { url } = await bench().storage.presignPart(part);
			await bench().storage.abortMultipart(upload);
			expect((await put(url, new Uint8Array(10))).status).toBe(404);
		});

		test('twice does nothing more', async () => {
			const upload = await begin(bench(), 'end/aborted-twice');
			await bench().storage.abortMultipart(upload);
			await expect(bench().storage.abortMultipart(upload)).resolves.toBeUndefined();
		});

		test('after its completion leaves the object', async () => {
			const { upload, parts } = await beginAndSend('end/late-abort');
			const object = await complete(bench(), upload, parts);
			await bench().storage.abortMultipart(upload);
			expect(await bench().storage.headObject(upload.key)).toEqual(object);
		});
	});
}
