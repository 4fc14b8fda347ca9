import type { FileRecord } from '../file.ts';

const HOUR_MS = 3_600_000;

/** Returns a pending upload by a single PUT that was created now, with these changes. */
export function buildFile(change: Partial<FileRecord> = {}): FileRecord {
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
