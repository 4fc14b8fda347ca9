import { describe, expect, test } from '@jest/globals';
import { disconnect } from './connection.ts';
import { StorageAccessDeniedError, StorageUnavailableError, UnusableBucketError } from './errors.ts';
import { createStorage, type Storage } from './storage.ts';
import { closeTestStore, describeOnEachServer, openTestStore } from './testing/contract-servers.ts';
import { FOR_A_CLIENT, store } from './testing/requests.ts';

const ORIGIN = 'https://app.example';

describeOnEachServer((server, testStore) => {
	const withWrongSecret = async (act: (storage: Storage) => Promise<unknown>) => {
		const storage = createStorage({ ...testStore().config, secretAccessKey: 'wrong' });
		try {
			return await act(storage);
		} finally {
			storage.close();
		}
	};

	describe('the bucket', () => {
		test('is created by the first of several concurrent calls, and found by the others', async () => {
			const fresh = openTestStore(server);
			await Promise.all([1, 2, 3].map(() => fresh.storage.ensureBucket()));
			await fresh.storage.ping();
			await closeTestStore(fresh);
		});

		test('keeps its objects when it is ensured again', async () => {
			await store(testStore().storage, 'bucket/kept', 'hello');
			await testStore().storage.ensureBucket();
			expect(await testStore().storage.headObject('bucket/kept')).not.toBeNull();
		});

		test('fails the health check if it is missing', async () => {
			const fresh = openTestStore(server);
			await expect(fresh.storage.ping()).rejects.toBeInstanceOf(StorageUnavailableError);
			disconnect(fresh.connection);
			fresh.storage.close();
		});

		test('with an invalid name is reported as such', async () => {
			const storage = createStorage({ ...testStore().config, bucket: 'No_Bucket' });
			await expect(storage.ensureBucket()).rejects.toThrow(/There is no bucket "No_Bucket"/);
			storage.close();
		});

		test('with a wrong secret is unusable, and the error names the setting', async () => {
			const attempt = withWrongSecret((storage) => storage.ensureBucket());
			await expect(attempt).rejects.toBeInstanceOf(UnusableBucketError);
			await expect(attempt).rejects.toThrow(testStore().config.bucket);
		});

		test('with a wrong secret refuses every operation', async () => {
			const attempt = withWrongSecret((storage) => storage.headObject('bucket/kept'));
			await expect(attempt).rejects.toBeInstanceOf(StorageAccessDeniedError);
		});
	});

	describe('pages of other origins', () => {
		const preflight = async (method: string, origin = ORIGIN) => {
			const { url } = await testStore().storage.presignPut({
				...FOR_A_CLIENT,
				key: 'cors/object',
				contentType: 'application/pdf',
				sizeBytes: 5,
			});
			return fetch(url, {
				method: 'OPTIONS',
				headers: {
					origin,
					'access-control-request-method': method,
					'access-control-request-headers': 'content-type',
				},
			});
		};

		test.each(['PUT', 'GET', 'HEAD'])('may %s if they are allowed', async (method) => {
			await testStore().storage.putCors([ORIGIN, 'https://other.example']);
			const response = await preflight(method);
			expect(response.ok).toBe(true);
			expect([ORIGIN, '*']).toContain(response.headers.get('access-control-allow-origin'));
			expect(response.headers.get('access-control-allow-methods')).toContain(method);
			expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
		});

		test('may not DELETE', async () => {
			await testStore().storage.putCors([ORIGIN]);
			expect((await preflight('DELETE')).headers.get('access-control-allow-methods') ?? '').not.toContain(
				'DELETE',
			);
		});

		test('can read the ETag of responses', async () => {
			await testStore().storage.putCors([ORIGIN]);
			await store(testStore().storage, 'cors/object', 'hello');
			const { url } = await testStore().storage.presignGet({ ...FOR_A_CLIENT, key: 'cors/object' });
			const response = await fetch(url, { headers: { origin: ORIGIN } });
			expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
			expect(response.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('etag');
		});

		test('are refused if they are not allowed', async () => {
			await testStore().storage.putCors([ORIGIN]);
			const response = await preflight('PUT', 'https://evil.example');
			expect(response.headers.get('access-control-allow-origin')).toBeNull();
		});

		test('are all refused if no origin is allowed', async () => {
			await testStore().storage.putCors([ORIGIN]);
			await testStore().storage.putCors([]);
			expect((await preflight('PUT')).headers.get('access-control-allow-origin')).toBeNull();
		});
	});
});
