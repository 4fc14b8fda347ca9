import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { declare, MIB } from '../testing/uploads.ts';
import { abortStaleUploads } from './stale-uploads.ts';

const HOUR_MS = 3_600_000;
const running = new AbortController().signal;
const user = newUser();

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

/** Makes the task due now. */
async function makeDue(): Promise<void> {
	await service.prisma.scheduledTask.updateMany({ data: { dueAt: new Date(0) } });
}

describe('multipart uploads', () => {
	const abort = async (orphanAfterMs = service.deps.policy.orphanAfterMs) => {
		await makeDue();
		const policy = { ...service.deps.policy, orphanAfterMs };
		await abortStaleUploads.run({ ...service.deps, policy }, running);
	};
	const begin = async (id = newId('fil')) => {
		const key = `files/${id}`;
		return { key, uploadId: await service.storage.createMultipart({ key, contentType: 'a/b' }) };
	};

	test('aborts old ones without a row, and no new ones', async () => {
		const upload = await begin();
		await abort();
		expect(await service.storage.listParts(upload)).toEqual([]);
		await waitFor(async () => {
			await abort(0);
			await expect(service.storage.listParts(upload)).rejects.toThrow('no such upload');
		});
	});

	test('keeps one with a row for the sweep of its file, whatever the clocks say', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		const witness = await begin();
		await waitFor(async () => {
			await abort(0);
			await expect(service.storage.listParts(witness)).rejects.toThrow('no such upload');
		});
		const row = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		const stored = { key: row.storageKey, uploadId: row.uploadId ?? '' };
		expect(await service.storage.listParts(stored)).toEqual([]);
	});

	test('keeps one with a new key, even if the store’s clock is wrong', async () => {
		const [young, old] = [await begin(), await begin('fil_01ARZ3NDEKTSV4RRFFQ69G5FAV')];
		// Lists uploads like a store with a wrong clock.
		const store = {
			...service.deps.store,
			listStaleMultiparts: () =>
				service.storage.listStaleMultiparts({
					prefix: 'files/',
					startedBefore: new Date(Date.now() + HOUR_MS),
				}),
		};
		await makeDue();
		await abortStaleUploads.run({ ...service.deps, store }, running);
		expect(await service.storage.listParts(young)).toEqual([]);
		await expect(service.storage.listParts(old)).rejects.toThrow('no such upload');
	});
});
