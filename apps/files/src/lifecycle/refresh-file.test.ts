import { unavailable } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import type { StoredObject } from '@creatorr/storage/objects';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileRecord } from '../file.ts';
import { toColumns } from '../files.sql.ts';
import { buildFile } from '../testing/build-file.ts';
import { type FilesService, startFiles } from '../testing/files-service.ts';
import { markReady } from './refresh-file.sql.ts';
import { refreshFile } from './refresh-file.ts';

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const object = (etag: string, sizeBytes = 10): StoredObject => ({
	etag,
	sizeBytes,
	modifiedAt: new Date(),
	hasUnsignedHeaders: false,
});

async function insert(change: Partial<FileRecord> = {}): Promise<FileRecord> {
	const id = newId('fil');
	const file = buildFile({ id, storageKey: `files/${id}`, ...change });
	await service.prisma.file.create({ data: toColumns(file) });
	return file;
}
const insertReady = (change: Partial<FileRecord> = {}) => insert({ status: 'ready', etag: '"a"', ...change });

const isDeleted = async ({ id }: FileRecord) =>
	(await service.prisma.file.findUniqueOrThrow({ where: { id } })).deletedAt !== null;

/** Refreshes a file with a store that returns these objects, one at each call. */
function refresh(file: FileRecord, objects: (StoredObject | null)[], store = {}) {
	const headObject = async () => objects.shift() ?? null;
	return refreshFile({ ...service.deps, store: { ...service.deps.store, headObject, ...store } }, file);
}

describe('a pending file', () => {
	test('becomes ready with the ETag of its object', async () => {
		expect(await refresh(await insert(), [object('"a"')])).toMatchObject({ status: 'ready', etag: '"a"' });
	});

	test('stays pending while there is no object, or one of another size', async () => {
		for (const stored of [null, object('"a"', 9)]) {
			expect(await refresh(await insert(), [stored])).toMatchObject({ status: 'pending' });
		}
	});

	test('stays pending while its object has unsigned headers', async () => {
		const stored = { ...object('"a"'), hasUnsignedHeaders: true };
		expect(await refresh(await insert(), [stored])).toMatchObject({ status: 'pending' });
	});

	test('is treated as missing after its deadline', async () => {
		expect(await refresh(await insert({ abandonAt: new Date() }), [null])).toBeNull();
	});

	test('is treated as missing when it was deleted during the lookup', async () => {
		const file = await insert();
		const headObject = async () => {
			await service.prisma.file.update({ where: { id: file.id }, data: { deletedAt: new Date() } });
			return object('"a"');
		};
		expect(await refresh(file, [], { headObject })).toBeNull();
	});

	test('has the ETag that a concurrent read set, when the store agrees', async () => {
		const file = await insert();
		await markReady(service.deps.prisma, file, '"new"');
		const refreshed = await refresh(file, [object('"stale"'), object('"new"')]);
		expect(refreshed).toMatchObject({ etag: '"new"' });
		expect(await isDeleted(file)).toBe(false);
	});

	test('is treated as missing when it was overwritten after a concurrent read made it ready', async () => {
		const file = await insert();
		await markReady(service.deps.prisma, file, '"old"');
		expect(await refresh(file, [object('"new"'), object('"new"')])).toBeNull();
		expect(await isDeleted(file)).toBe(true);
	});
});

describe('a ready file', () => {
	test('stays while the store has the same object', async () => {
		expect(await refresh(await insertReady(), [object('"a"')])).toMatchObject({ etag: '"a"' });
	});

	test.each([
		['another ETag', object('"b"')],
		['another size', object('"a"', 9)],
		['unsigned headers', { ...object('"a"'), hasUnsignedHeaders: true }],
	])('is deleted when its object has %s', async (_, stored) => {
		const file = await insertReady();
		expect(await refresh(file, [stored])).toBeNull();
		expect(await isDeleted(file)).toBe(true);
	});

	test('is deleted when its object is missing', async () => {
		const file = await insertReady();
		expect(await refresh(file, [null])).toBeNull();
		expect(await isDeleted(file)).toBe(true);
	});

	test.each([
		['whose upload URL has expired', { uploadUrlExpiresAt: new Date() }],
		['whose parts were joined', { multipart: { uploadId: 'a', partSizeBytes: 5 } }],
	])('%s stays, without a call to the store', async (_, change) => {
		const objects = [null];
		const file = await insertReady(change);
		expect(await refresh(file, objects)).toBe(file);
		expect(objects).toHaveLength(1);
	});

	test('is not deleted when the whole bucket is missing', async () => {
		const file = await insertReady();
		const listMarks = () => Promise.reject(unavailable('File storage'));
		await expect(refresh(file, [null], { listMarks })).rejects.toMatchObject({
			code: 'upstream_unavailable',
		});
		expect(await isDeleted(file)).toBe(false);
	});
});
