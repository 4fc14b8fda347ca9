import { describe, expect, test } from '@jest/globals';
import { describeOnEachServer } from './testing/contract-servers.ts';
import { FOR_A_CLIENT, put, putHalf, putWithoutLength, store, TEXT } from './testing/requests.ts';

const HELLO = { ...FOR_A_CLIENT, contentType: TEXT, sizeBytes: 5 };

describeOnEachServer((_server, testStore) => {
	const presign = async (key: string) => (await testStore().storage.presignPut({ ...HELLO, key })).url;

	describe('a presigned PUT', () => {
		test('stores the declared bytes', async () => {
			expect((await put(await presign('put/right'), 'hello', TEXT)).status).toBe(200);
			expect(await testStore().storage.headObject('put/right')).toEqual({
				sizeBytes: 5,
				etag: '"5d41402abc4b2a76b9719d911017c592"',
				modifiedAt: expect.any(Date),
				hasUnsignedHeaders: false,
			});
		});

		test('works for a worker under the internal host', async () => {
			const { url } = await testStore().storage.presignPut({
				...HELLO,
				audience: 'worker',
				key: 'put/worker',
			});
			expect((await put(url, 'hello', TEXT)).status).toBe(200);
		});

		const refusals: Record<string, (key: string) => Promise<number>> = {
			'more bytes': async (key) => (await put(await presign(key), 'hello!', TEXT)).status,
			'fewer bytes': async (key) => (await put(await presign(key), 'hell', TEXT)).status,
			'no bytes': async (key) => (await put(await presign(key), '', TEXT)).status,
			'a body of unknown length': async (key) => putWithoutLength(await presign(key), 'hello', TEXT),
			'another content type': async (key) => (await put(await presign(key), 'hello', 'text/html')).status,
			'no content type': async (key) => (await put(await presign(key), 'hello')).status,
			'a tampered signature': async (key) => {
				const url = await presign(key);
				return (await put(url.slice(0, -1) + (url.endsWith('0') ? '1' : '0'), 'hello', TEXT)).status;
			},
			'a longer life than was signed': async (key) => {
				const url = (await presign(key)).replace('X-Amz-Expires=60', 'X-Amz-Expires=600');
				return (await put(url, 'hello', TEXT)).status;
			},
			'the URL of another key': async (key) =>
				(await put((await presign('put/other')).replace('put/other', key), 'hello', TEXT)).status,
			'an expired URL': async (key) => {
				const { url } = await testStore().storage.presignPut({ ...HELLO, key, expiresInSeconds: 1 });
				await new Promise((resolve) => setTimeout(resolve, 2_100));
				return (await put(url, 'hello', TEXT)).status;
			},
			'no signature at all': async (key) =>
				(await put((await presign(key)).split('?')[0] ?? '', 'hello', TEXT)).status,
		};

		test.each(Object.entries(refusals))('refuses %s and stores nothing', async (what, attempt) => {
			const key = `put/refused-${what.replaceAll(' ', '-')}`;
			const status = await attempt(key);
			expect([400, 403, 411]).toContain(status);
			expect(await testStore().storage.headObject(key)).toBeNull();
		});

		test('can’t be used to delete', async () => {
			await store(testStore().storage, 'put/kept', 'hello');
			expect((await fetch(await presign('put/kept'), { method: 'DELETE' })).status).toBe(403);
			expect(await testStore().storage.headObject('put/kept')).not.toBeNull();
		});

		test('that overwrites an object changes its ETag', async () => {
			await store(testStore().storage, 'put/overwritten', 'hello');
			const before = await testStore().storage.headObject('put/overwritten');
			await store(testStore().storage, 'put/overwritten', 'world');
			const after = await testStore().storage.headObject('put/overwritten');
			expect(after?.sizeBytes).toBe(before?.sizeBytes);
			expect(after?.etag).not.toBe(before?.etag);
		});
	});

	describe('an interrupted PUT', () => {
		const half = { ...FOR_A_CLIENT, contentType: TEXT, sizeBytes: 1024 ** 2 };

		test('leaves no object of the declared size', async () => {
			const { url } = await testStore().storage.presignPut({ ...half, key: 'put/broken' });
			await putHalf(url, half.sizeBytes, TEXT);
			expect((await testStore().storage.headObject('put/broken'))?.sizeBytes).not.toBe(half.sizeBytes);
		});

		test('keeps the previous object', async () => {
			await store(testStore().storage, 'put/survivor', 'hello');
			const before = await testStore().storage.headObject('put/survivor');
			const { url } = await testStore().storage.presignPut({ ...half, key: 'put/survivor' });
			await putHalf(url, half.sizeBytes, TEXT);
			expect(await testStore().storage.headObject('put/survivor')).toEqual(before);
		});
	});

	describe('an unsigned request', () => {
		test.each(['GET', 'HEAD', 'DELETE'])('can’t %s an object', async (method) => {
			await store(testStore().storage, 'put/private', 'hello');
			const { endpoint, bucket } = testStore().config;
			expect((await fetch(`${endpoint}/${bucket}/put/private`, { method })).status).toBe(403);
			expect(await testStore().storage.headObject('put/private')).not.toBeNull();
		});

		test('can’t list the bucket', async () => {
			const { endpoint, bucket } = testStore().config;
			expect((await fetch(`${endpoint}/${bucket}?list-type=2`)).status).toBe(403);
		});
	});
});
