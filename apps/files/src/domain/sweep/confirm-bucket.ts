import { crashPoint } from '@creatorr/service/crash-point';
import type { FileStore, SweepRecords } from '../ports.ts';

/** Bucket and database do not belong together; the message says what to do about it. */
export class WrongBucket extends Error {
	override readonly name = 'WrongBucket';
}

export interface ConfirmDeps {
	records: Pick<SweepRecords, 'readMark' | 'noteMarked'>;
	store: Pick<FileStore, 'listMarks' | 'putMark'>;
}

/**
 * Makes sure that bucket and database belong together, by a mark that the first of all processes puts into the bucket. With a
 * wrong setting each would have nothing that the other knows, and everything would be removed on both sides. Throws WrongBucket
 * when they do not belong together.
 */
export async function confirmBucket({ records, store }: ConfirmDeps): Promise<void> {
	const mark = await records.readMark();
	let found = await store.listMarks();
	if (found.length === 0 && !mark.isInBucket) {
		await store.putMark(mark.token);
		crashPoint('files.reconcile.mark-put');
		// Somebody else's may have come at the same time.
		found = await store.listMarks();
	}
	if (found.length !== 1 || found[0] !== mark.token) {
		throw new WrongBucket(
			found.length === 0
				? 'the bucket has lost its mark or is not the one that this database knows: correct the setting, or set marked_at to null in bucket_marks to take this one'
				: 'the bucket belongs to another database: correct the setting, or remove the marks of others from the bucket',
		);
	}
	if (!mark.isInBucket) await records.noteMarked();
}
