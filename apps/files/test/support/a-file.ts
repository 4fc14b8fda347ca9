import type { FileRecord } from '../../src/domain/file.ts';

const HOUR_MS = 3_600_000;

/** A file as the rules know it: a pending upload by a single PUT that began just now, unless told otherwise. */
export function aFile(change: Partial<FileRecord> = {}): FileRecord {
	const now = Date.now();
	return {
		id: 'fil_01JZZZZZZZZZZZZZZZZZZZZZZZ',
		userId: 'usr_01JZZZZZZZZZZZZZZZZZZZZZZZ',
		name: 'a.pdf',
		mimeType: 'application/pdf',
		sizeBytes: 10,
		storageTier: 'ephemeral',
		storageKey: 'files/fil_01JZZZZZZZZZZZZZZZZZZZZZZZ',
		status: 'pending',
		etag: null,
		multipart: null,
		jobId: null,
		publishedAt: new Date(now),
		createdAt: new Date(now),
		expiresAt: new Date(now + 24 * HOUR_MS),
		abandonAt: new Date(now + 24 * HOUR_MS),
		uploadUrlExpiresAt: new Date(now + HOUR_MS),
		deletedAt: null,
		...change,
	};
}
