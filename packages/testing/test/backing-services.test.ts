import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetBucketLocationCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createBucket } from '../src/bucket.ts';
import { createDatabase, createMigratedDatabase } from '../src/database.ts';
import { requireTestVariable } from '../src/environment.ts';
import { createVirtualHost } from '../src/virtual-host.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query(sql)).rows;
	} finally {
		await client.end();
	}
}

describe('a test database', () => {
	test('is owned by its role', async () => {
		const database = await createDatabase();
		await query(database.url, 'CREATE TABLE "Thing" (id int)');
		expect(await query(database.url, 'SELECT * FROM "Thing"')).toEqual([]);
		await database.drop();
	});

	test('can’t be reached by the role of another one', async () => {
		const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
		const stranger = new URL(one.url);
		stranger.pathname = new URL(other.url).pathname;
		await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/permission denied for database/);
		await Promise.all([one.drop(), other.drop()]);
	});

	test("doesn't exist after drop", async () => {
		const database = await createDatabase();
		await database.drop();
		await expect(query(database.url, 'SELECT 1')).rejects.toThrow();
	});
});

describe('a migrated test database', () => {
	// Always the same, so that the server keeps one template.
	const MIGRATION = 'CREATE TABLE thing (id int)';

	test('has its own tables, and concurrent ones migrate at most one template', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'creatorr-migrations-'));
		await writeFile(join(directory, 'schema.prisma'), MIGRATION);
		let migrations = 0;
		const create = () =>
			createMigratedDatabase(directory, async () => ({
				async migrateDeploy({ databaseUrl }) {
					migrations += 1;
					await query(databaseUrl, MIGRATION);
				},
			}));
		const [one, other] = await Promise.all([create(), create()]);
		expect(migrations).toBeLessThanOrEqual(1);
		await query(one.url, 'INSERT INTO thing VALUES (1)');
		expect(await query(other.url, 'SELECT * FROM thing')).toEqual([]);
		await query(other.url, 'ALTER TABLE thing ADD COLUMN name text');
		await Promise.all([one.drop(), other.drop(), rm(directory, { recursive: true })]);
	});

	test('leaves no template when its migration fails', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'creatorr-migrations-'));
		await writeFile(join(directory, 'schema.prisma'), 'broken');
		const create = () =>
			createMigratedDatabase(directory, async () => ({
				migrateDeploy: () => Promise.reject(new Error('broken')),
			}));
		for (let attempt = 0; attempt < 2; attempt += 1) await expect(create()).rejects.toThrow('broken');
		await rm(directory, { recursive: true });
	});
});

test('a virtual host exists until it is dropped', async () => {
	const host = await createVirtualHost();
	const management = new URL(requireTestVariable('TEST_AMQP_MANAGEMENT_URL'));
	const authorization = `Basic ${btoa(`${management.username}:${management.password}`)}`;
	const status = async (): Promise<number> => {
		const url = new URL(`/api/vhosts/${host.name}`, management.origin);
		return (await fetch(url, { headers: { authorization } })).status;
	};
	expect(await status()).toBe(200);
	await host.drop();
	expect(await status()).toBe(404);
});

describe.each(['TEST_S3_ENDPOINT', 'TEST_RGW_ENDPOINT'] as const)('a bucket of %s', (variable) => {
	test('stores objects, and is deleted with them by drop', async () => {
		const store = await createBucket({ endpoint: requireTestVariable(variable) });
		const client = new S3Client({
			endpoint: store.endpoint,
			region: store.region,
			credentials: store,
			forcePathStyle: true,
			requestChecksumCalculation: 'WHEN_REQUIRED',
		});
		await client.send(new PutObjectCommand({ Bucket: store.bucket, Key: 'a/b', Body: 'bytes' }));
		await store.drop();
		await expect(client.send(new GetBucketLocationCommand({ Bucket: store.bucket }))).rejects.toThrow();
		client.destroy();
	});
});

test('requireTestVariable names a missing variable and says how to set it', () => {
	expect(() => requireTestVariable('TEST_NOT_SET')).toThrow(/TEST_NOT_SET is not set.*npm run services/);
});
