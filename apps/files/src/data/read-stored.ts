import type { Stored } from '../file-metrics.ts';
import type { PrismaClient } from '../generated/client.ts';

/** What is kept of all users together; uploads that have not come yet do not count. */
export async function readStored(prisma: PrismaClient): Promise<Stored> {
	const rows = await prisma.$queryRaw<{ files: number; bytes: number }[]>`
		SELECT count(*)::int AS files, coalesce(sum(size_bytes), 0)::float8 AS bytes
		FROM files WHERE status = 'ready' AND deleted_at IS NULL`;
	return rows[0] ?? { files: 0, bytes: 0 };
}
