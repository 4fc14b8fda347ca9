import { pruneInbox } from '@creatorr/database/inbox';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import type { FileRecords, SweepRecords } from '../domain/ports.ts';
import type { PrismaClient } from '../generated/client.ts';
import { standingOf } from './accounts.ts';
import { noteMarked, readMark } from './bucket-mark.ts';
import { findReady, findStored } from './compare-rows.ts';
import { deleteOutputsOf, deleteUnchanged, deleteVisible } from './delete-files.ts';
import { findOutput, findVisible, listVisible } from './find-files.ts';
import { fixEtag } from './fix-etag.ts';
import { followInBatch } from './follow-plan.ts';
import { insertFile } from './insert-file.ts';
import type { KeepingOf } from './keep-rows.ts';
import { publishOutput } from './publish-output.ts';
import { claimDue, markBytesRemoved, purge, scheduleSweep, sweepAgainAt } from './sweep-rows.ts';

/** The rows in PostgreSQL. What each operation promises stands at the function of that name. */
export function createFileRecords(prisma: PrismaClient, keepingOf: KeepingOf): FileRecords & SweepRecords {
	// Work that waits for the database's lock of a key waits here instead, without a connection.
	const mutex = createKeyedMutex();
	return {
		standingOf: (userId) => standingOf(prisma, userId),
		insert: (userId, make) => mutex.runExclusive(userId, () => insertFile(prisma, userId, make)),
		findVisible: (file) => findVisible(prisma, file, keepingOf),
		listVisible: (page) => listVisible(prisma, page, keepingOf),
		findOutput: (id) => findOutput(prisma, id),
		fixEtag: (file, etag) => fixEtag(prisma, file, etag),
		deleteVisible: (file) => deleteVisible(prisma, file, keepingOf),
		deleteUnchanged: (file) => deleteUnchanged(prisma, file),
		publish: (output) => publishOutput(prisma, output, keepingOf),
		deleteOutputsOf: (jobId) => deleteOutputsOf(prisma, jobId),
		claimDue: (limit, leaseMs) => claimDue(prisma, { limit, leaseMs }, keepingOf),
		scheduleSweep: (id) => scheduleSweep(prisma, id),
		sweepAgainAt: (id, lastBytesAt) => sweepAgainAt(prisma, id, lastBytesAt),
		markBytesRemoved: (id) => markBytesRemoved(prisma, id),
		purge: (limit, retentionMs) => purge(prisma, { limit, retentionMs }),
		pruneInbox: () => pruneInbox(prisma),
		followInBatch: () => followInBatch(prisma, keepingOf),
		findStored: (keys) => findStored(prisma, keys),
		findReady: (range) => findReady(prisma, range),
		readMark: () => readMark(prisma),
		noteMarked: () => noteMarked(prisma),
	};
}
