import { describe, expect, test } from '@jest/globals';
import { canonicalEtag } from './objects.ts';
import { describeOnEachServer, testUnless } from './testing/contract-servers.ts';
import { listAll, store } from './testing/requests.ts';

describeOnEachServer((server, testStore) => {
	const keysUnder = async (prefix: string) =>
		(await listAll(testStore().storage, prefix)).map((object) => object.key);

	const storeAll = (keys: readonly string[]) =>
		Promise.all(keys.map((key) => store(testStore().storage, key, 'x')));

	describe('head', () => {
		test('returns null for a missing object', async () => {
			expect(await testStore().storage.headObject('head/absent')).toBeNull();
		});
	});

	describe('delete', () => {
		test('removes an object, and is idempotent', async () => {
			await store(testStore().storage, 'delete/one', 'hello');
			await testStore().storage.deleteObjects(['delete/one']);
			expect(await testStore().storage.headObject('delete/one')).toBeNull();
			await testStore().storage.deleteObjects(['delete/one']);
		});

		test('removes the existing objects of these keys, and no others', async () => {
			await storeAll(['delete/a', 'delete/b', 'delete/c']);
			await testStore().storage.deleteObjects(['delete/a', 'delete/never', 'delete/b']);
			expect(await keysUnder('delete/')).toEqual(['delete/c']);
		});

		test('accepts more keys than one request of the store', async () => {
			await storeAll(['delete/first', 'delete/last']);
			const absent = Array.from({ length: 1_000 }, (_, index) => `delete/absent-${index}`);
			await testStore().storage.deleteObjects(['delete/first', ...absent, 'delete/last']);
			expect(await testStore().storage.headObject('delete/first')).toBeNull();
			expect(await testStore().storage.headObject('delete/last')).toBeNull();
		});

		test('does nothing for no keys', async () => {
			await testStore().storage.deleteObjects([]);
		});
	});

	describe('putText', () => {
		test('stores a text, and replaces the previous one', async () => {
			await testStore().storage.putText({ key: 'text/a', text: 'one' });
			await testStore().storage.putText({ key: 'text/a', text: 'another' });
			expect(await testStore().storage.headObject('text/a')).toMatchObject({ sizeBytes: 7 });
		});
	});

	describe('list', () => {
		test('returns size, ETag and time of the objects under the prefix', async () => {
			await storeAll(['list/in/a', "list/in/b & <c> 'd'", 'list/out']);
			const head = await testStore().storage.headObject('list/in/a');
			const listed = await listAll(testStore().storage, 'list/in/');
			expect(listed.map((object) => object.key)).toEqual(['list/in/a', "list/in/b & <c> 'd'"]);
			const { sizeBytes, etag } = head ?? {};
			expect(listed[0]).toEqual({ sizeBytes, etag, key: 'list/in/a', modifiedAt: expect.any(Date) });
		});

		test('is empty for an empty prefix', async () => {
			expect(await keysUnder('list/nowhere/')).toEqual([]);
		});

		test('continues after the first page', async () => {
			const keys = ['pages/a', 'pages/b', 'pages/c', 'pages/d', 'pages/e'];
			await storeAll(keys);
			const listed = await listAll(testStore().storage, 'pages/', 2);
			expect(listed.map((object) => object.key)).toEqual(keys);
		});

		test('starts after a key, also a deleted one', async () => {
			await storeAll(['after/a', 'after/b', 'after/c']);
			await testStore().storage.deleteObjects(['after/b']);
			const { objects } = await testStore().storage.listObjects({ prefix: 'after/', startAfter: 'after/b' });
			expect(objects.map((object) => object.key)).toEqual(['after/c']);
		});

		testUnless(server, 'start-listed-again')(
			'says of an exactly full page whether it is the last',
			async () => {
				await storeAll(['full/a', 'full/b', 'full/c']);
				const list = (startAfter: string) =>
					testStore().storage.listObjects({ prefix: 'full/', startAfter, limit: 2 });
				expect(await list('')).toMatchObject({ isLast: false });
				expect(await list('full/a')).toMatchObject({ isLast: true });
			},
		);
	});
});

describe('canonicalEtag', () => {
	test('keeps a quoted tag', () => {
		expect(canonicalEtag('"9a0364b9e99bb480dd25e1f0284c8555-3"')).toBe(
			'"9a0364b9e99bb480dd25e1f0284c8555-3"',
		);
	});

	test('quotes a bare tag', () => {
		expect(canonicalEtag('9a0364b9e99bb480dd25e1f0284c8555')).toBe('"9a0364b9e99bb480dd25e1f0284c8555"');
	});
});
