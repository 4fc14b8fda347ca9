import { describe, expect, test } from '@jest/globals';
import { listAll } from './list-all.ts';
import { store } from './requests.ts';
import { type Bench, type ContractServer, testUnless } from './server.ts';

export function housekeepingContract(server: ContractServer, bench: () => Bench): void {
	const keysUnder = async (prefix: string) =>
		(await listAll(bench().storage, prefix)).map((object) => object.key);

	const storeAll = (keys: readonly string[]) =>
		Promise.all(keys.map((key) => store(bench().storage, key, 'x')));

	describe('head', () => {
		test('of an absent object is null', async () => {
			expect(await bench().storage.headObject('head/absent')).toBeNull();
		});
	});

	describe('delete', () => {
		test('removes an object, and again does nothing', async () => {
			await store(bench().storage, 'delete/one', 'hello');
			await bench().storage.deleteObjects(['delete/one']);
			expect(await bench().storage.headObject('delete/one')).toBeNull();
			await bench().storage.deleteObjects(['delete/one']);
		});

		test('removes those of the keys that exist, and nothing else', async () => {
			await storeAll(['delete/a', 'delete/b', 'delete/c']);
			await bench().storage.deleteObjects(['delete/a', 'delete/never', 'delete/b']);
			expect(await keysUnder('delete/')).toEqual(['delete/c']);
		});

		test('takes more keys than the store takes at once', async () => {
			await storeAll(['delete/first', 'delete/last']);
			const absent = Array.from({ length: 1_000 }, (_, index) => `delete/absent-${index}`);
			await bench().storage.deleteObjects(['delete/first', ...absent, 'delete/last']);
			expect(await bench().storage.headObject('delete/first')).toBeNull();
			expect(await bench().storage.headObject('delete/last')).toBeNull();
		});

		test('of nothing does nothing', async () => {
			await bench().storage.deleteObjects([]);
		});
	});

	describe('a text of our own', () => {
		test('is stored, and takes the place of the one before', async () => {
			await bench().storage.putText({ key: 'text/a', text: 'one' });
			await bench().storage.putText({ key: 'text/a', text: 'another' });
			expect(await bench().storage.headObject('text/a')).toMatchObject({ sizeBytes: 7 });
		});
	});

	describe('list', () => {
		test('gives size, ETag and time of what is under the prefix', async () => {
			await storeAll(['list/in/a', 'list/in/b', 'list/out']);
			const head = await bench().storage.headObject('list/in/a');
			const listed = await listAll(bench().storage, 'list/in/');
			expect(listed.map((object) => object.key)).toEqual(['list/in/a', 'list/in/b']);
			const { sizeBytes, etag } = head ?? {};
			expect(listed[0]).toEqual({ sizeBytes, etag, key: 'list/in/a', modifiedAt: expect.any(Date) });
		});

		test('of an empty prefix is empty', async () => {
			expect(await keysUnder('list/nowhere/')).toEqual([]);
		});

		test('goes on past the first page', async () => {
			const keys = ['pages/a', 'pages/b', 'pages/c', 'pages/d', 'pages/e'];
			await storeAll(keys);
			const listed = await listAll(bench().storage, 'pages/', 2);
			expect(listed.map((object) => object.key)).toEqual(keys);
		});

		test('begins after a key, also one that is gone', async () => {
			await storeAll(['after/a', 'after/b', 'after/c']);
			await bench().storage.deleteObjects(['after/b']);
			const { objects } = await bench().storage.listObjects({ prefix: 'after/', startAfter: 'after/b' });
			expect(objects.map((object) => object.key)).toEqual(['after/c']);
		});

		testUnless(server, 'start-listed-again')(
			'says of a page that is just full whether it is the last',
			async () => {
				await storeAll(['full/a', 'full/b', 'full/c']);
				const list = (startAfter: string) =>
					bench().storage.listObjects({ prefix: 'full/', startAfter, limit: 2 });
				expect(await list('')).toMatchObject({ isLast: false });
				expect(await list('full/a')).toMatchObject({ isLast: true });
			},
		);
	});
}
