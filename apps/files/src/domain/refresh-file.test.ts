import { unavailable } from '@creatorr/contracts/errors';
import { describe, expect, test } from '@jest/globals';
import { aFile } from '../../test/support/a-file.ts';
import type { FileRecord } from './file.ts';
import type { StoredBytes } from './ports.ts';
import { refreshFile } from './refresh-file.ts';

const bytes = (etag: string, sizeBytes = 10): StoredBytes => ({ etag, sizeBytes, hasUnsignedHeaders: false });
const ready = (etag: string) => aFile({ status: 'ready', etag });

/** A store that answers these one after the other, and rows that were fixed by somebody else where `fixedAs` says so. */
function setUp(heads: (StoredBytes | null)[], fixedAs?: FileRecord | null) {
	const deleted: FileRecord[] = [];
	const deps = {
		store: {
			head: async () => heads.shift() ?? null,
			confirm: async () => undefined,
		},
		records: {
			fixEtag: async (file: FileRecord, etag: string) =>
				fixedAs === undefined ? { ...file, status: 'ready' as const, etag } : fixedAs,
			deleteUnchanged: async (file: FileRecord) => deleted.push(file) > 0,
		},
	};
	return { deps, deleted };
}

describe('a pending file', () => {
	test('becomes ready with the ETag that the store shows', async () => {
		const { deps } = setUp([bytes('"a"')]);
		expect(await refreshFile(deps, aFile())).toMatchObject({ status: 'ready', etag: '"a"' });
	});

	test('stays pending while the store has nothing, or something of another size', async () => {
		for (const head of [null, bytes('"a"', 9)]) {
			expect(await refreshFile(setUp([head]).deps, aFile())).toMatchObject({ status: 'pending' });
		}
	});

	test('stays pending while the store has it with headers that nobody signed', async () => {
		const { deps } = setUp([{ ...bytes('"a"'), hasUnsignedHeaders: true }]);
		expect(await refreshFile(deps, aFile())).toMatchObject({ status: 'pending' });
	});

	test('is gone when its time is over', async () => {
		expect(await refreshFile(setUp([null]).deps, aFile({ abandonAt: new Date() }))).toBeNull();
	});

	test('is gone when it was deleted while the store was asked', async () => {
		expect(await refreshFile(setUp([bytes('"a"')], null).deps, aFile())).toBeNull();
	});

	test('that another reader fixed is what that reader saw, when the store agrees', async () => {
		const { deps, deleted } = setUp([bytes('"stale"'), bytes('"new"')], ready('"new"'));
		expect(await refreshFile(deps, aFile())).toMatchObject({ etag: '"new"' });
		expect(deleted).toEqual([]);
	});

	test('that another reader fixed is gone when it was overwritten since', async () => {
		const { deps, deleted } = setUp([bytes('"new"'), bytes('"new"')], ready('"old"'));
		expect(await refreshFile(deps, aFile())).toBeNull();
		expect(deleted.map((file) => file.etag)).toEqual(['"old"']);
	});
});

describe('a ready file', () => {
	test('stays while the store has the same object', async () => {
		expect(await refreshFile(setUp([bytes('"a"')]).deps, ready('"a"'))).toMatchObject({ etag: '"a"' });
	});

	test.each([
		['another ETag', bytes('"b"')],
		['another size', bytes('"a"', 9)],
		['headers that nobody signed', { ...bytes('"a"'), hasUnsignedHeaders: true }],
		['nothing', null],
	])('is deleted when the store has %s', async (_, head) => {
		const { deps, deleted } = setUp([head]);
		expect(await refreshFile(deps, ready('"a"'))).toBeNull();
		expect(deleted).toHaveLength(1);
	});

	test.each([
		['whose upload URL has expired', { uploadUrlExpiresAt: new Date() }],
		['whose parts were joined', { multipart: { uploadId: 'a', partSizeBytes: 5 } }],
	])('%s is what it is, and the store is not asked', async (_, change) => {
		const heads = [null];
		const file = aFile({ status: 'ready', etag: '"a"', ...change });
		expect(await refreshFile(setUp(heads).deps, file)).toBe(file);
		expect(heads).toHaveLength(1);
	});

	test('is not deleted when the whole bucket is missing', async () => {
		const { deps, deleted } = setUp([null]);
		const confirm = () => Promise.reject(unavailable('the file store'));
		const refreshing = refreshFile({ ...deps, store: { ...deps.store, confirm } }, ready('"a"'));
		await expect(refreshing).rejects.toMatchObject({ code: 'upstream_unavailable' });
		expect(deleted).toEqual([]);
	});
});
