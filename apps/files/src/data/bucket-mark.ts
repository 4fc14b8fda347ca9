import { randomUUID } from 'node:crypto';
import type { BucketMark } from '../domain/ports.ts';
import type { PrismaClient } from '../generated/client.ts';

/** The mark by which this database knows its bucket; the same for all processes. */
export async function readMark(prisma: PrismaClient): Promise<BucketMark> {
	await prisma.bucketMark.createMany({ data: [{ token: randomUUID() }], skipDuplicates: true });
	const { token, markedAt } = await prisma.bucketMark.findFirstOrThrow();
	return { token, isInBucket: markedAt !== null };
}

/** From now on a bucket without the mark is another one. */
export async function noteMarked(prisma: PrismaClient): Promise<void> {
	await prisma.bucketMark.updateMany({ where: { markedAt: null }, data: { markedAt: new Date() } });
}
