import { createOneAtATime } from '@creatorr/database/one-at-a-time';
import type { FileRecords, SweepRecords } from '../domain/ports.ts';
import type { PrismaClient } from '../generated/client.ts';
import { standingOf } from './accounts.ts';
import { deleteOutputsOf, deleteUnchanged, deleteVisible } from './delete-files.ts';
import { findOutput, findVisible, listVisible } from './find-files.ts';
import { fixEtag } from './fix-etag.ts';
import { insertFile } from './insert-file.ts';
import { publishOutput } from './publish-output.ts';
import { claimDue, markBytesRemoved, purge, scheduleSweep, sweepAgainAt } from './sweep-rows.ts';

/** The rows in PostgreSQL. What each operation promises stands at the function of that name. */
export function createFileRecords(prisma: PrismaClient): FileRecords & SweepRecords {
	const oneAtATime = createOneAtATime();
	return {
		standingOf: (userId) => standingOf(prisma, userId),
		insert: (userId, make) => oneAtATime(userId, () => insertFile(prisma, userId, make)),
		findVisible: (file) => findVisible(prisma, file),
		listVisible: (page) => listVisible(prisma, page),
		findOutput: (id) => findOutput(prisma, id),
		fixEtag: (file, etag) => fixEtag(prisma, file, etag),
		deleteVisible: (file) => deleteVisible(prisma, file),
		deleteUnchanged: (file) => deleteUnchanged(prisma, file),
		publish: (output, keepingOf) => publishOutput(prisma, output, keepingOf),
		deleteOutputsOf: (jobId) => deleteOutputsOf(prisma, jobId),
		claimDue: (limit, leaseMs) => claimDue(prisma, limit, leaseMs),
		scheduleSweep: (id) => scheduleSweep(prisma, id),
		sweepAgainAt: (id, lastBytesAt) => sweepAgainAt(prisma, id, lastBytesAt),
		markBytesRemoved: (id) => markBytesRemoved(prisma, id),
		purge: (before) => purge(prisma, before),
	};
}
