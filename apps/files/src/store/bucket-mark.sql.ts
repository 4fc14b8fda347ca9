import { randomUUID } from 'node:crypto';
import type { Database } from '../files.sql.ts';

/** Returns this database's mark, the same for all processes, and whether it was in the bucket before. */
export async function readMark(prisma: Database): Promise<{ token: string; isInBucket: boolean }> {
	await prisma.bucketMark.createMany({ data: [{ token: randomUUID() }], skipDuplicates: true });
	const { token, markedAt } = await prisma.bucketMark.findFirstOrThrow();
	return { token, isInBucket: markedAt !== null };
}

/** Records that the mark is in the bucket. From now on, a bucket without the mark is not this database's. */
export async function recordMarkInBucket(prisma: Database): Promise<void> {
	await prisma.bucketMark.updateMany({ where: { markedAt: null }, data: { markedAt: new Date() } });
}
