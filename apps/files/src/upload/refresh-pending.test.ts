import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FileRecord } from '../file.ts';
import { toColumns } from '../files.sql.ts';
import { buildFile } from '../testing/build-file.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { refreshPending } from './refresh-pending.ts';

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

async function insertPending(userId: string, count: number, change: Partial<FileRecord> = {}) {
	const files = Array.from({ length: count }, () => {
		const id = newId('fil');
		return buildFile({ id, userId, storageKey: `files/${id}`, ...change });
	});
	await service.prisma.file.createMany({ data: files.map(toColumns) });
	return files;
}

/** Refreshes the user's pending uploads with a store that has the bytes of `uploaded`. Returns how many it looked up. */
async function refresh(userId: string, uploaded: readonly FileRecord[]): Promise<number> {
	const keys = new Set(uploaded.map(({ storageKey }) => storageKey));
	let lookups = 0;
	const headObject = async (key: string) => {
		lookups += 1;
		if (!keys.has(key)) return null;
		return { etag: '"a"', sizeBytes: 10, modifiedAt: new Date(), hasUnsignedHeaders: false };
	};
	await refreshPending({ ...service.deps, store: { ...service.deps.store, headObject } }, userId);
	return lookups;
}

const countReady = (userId: string) => service.prisma.file.count({ where: { userId, status: 'ready' } });

test('finds uploaded files behind a hundred older ones that never received their bytes', async () => {
	const user = newUser();
	await insertPending(user.id, 100);
	await delay(5);
	const uploaded = await insertPending(user.id, 900);
	expect(await refresh(user.id, uploaded)).toBe(100);
	expect(await countReady(user.id)).toBeGreaterThan(50);
});

test('looks up no upload after its deadline', async () => {
	const user = newUser();
	await insertPending(user.id, 1, { abandonAt: new Date(Date.now() - 1_000) });
	const uploaded = await insertPending(user.id, 1);
	expect(await refresh(user.id, uploaded)).toBe(1);
	expect(await countReady(user.id)).toBe(1);
});
