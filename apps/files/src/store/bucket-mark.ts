import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { readMark, recordMarkInBucket } from './bucket-mark.sql.ts';

/** Bucket and database do not belong together. The message says what to do. */
export class WrongBucketError extends Error {
	override readonly name = 'WrongBucketError';
}

/**
 * Requires that bucket and database belong together. The first process puts an object into the bucket that names the database: the mark.
 * With a wrong bucket, no row would match an object, and everything would be removed on both sides. Throws WrongBucketError.
 */
export async function requireOwnBucket({ prisma, store }: Pick<Deps, 'prisma' | 'store'>): Promise<void> {
	const mark = await readMark(prisma);
	let found = await store.listMarks();
	if (found.length === 0 && !mark.isInBucket) {
		await store.putMark(mark.token);
		crashPoint('files.reconcile.mark-written');
		// A process of another database may have put its mark at the same time.
		found = await store.listMarks();
	}
	if (found.length !== 1 || found[0] !== mark.token) {
		throw new WrongBucketError(
			found.length === 0
				? 'the bucket has lost its mark or isn’t the one this database knows: check S3_BUCKET and S3_ENDPOINT, see docs/runbooks/sweeper.md'
				: 'the bucket belongs to another database: check S3_BUCKET and S3_ENDPOINT, see docs/runbooks/sweeper.md',
		);
	}
	if (!mark.isInBucket) await recordMarkInBucket(prisma);
}

/**
 * Requires that the bucket has this database's mark. Cheaper than {@link requireOwnBucket}, because it reads one object instead of listing
 * the bucket, and enough to delete objects by the keys of rows. Throws WrongBucketError.
 */
export async function requireOwnMark(deps: Pick<Deps, 'prisma' | 'store'>): Promise<void> {
	const { token, isInBucket } = await readMark(deps.prisma);
	if (isInBucket && (await deps.store.hasMark(token))) return;
	await requireOwnBucket(deps);
}
