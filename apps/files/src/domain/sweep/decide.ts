import type { FileRecord } from '../file.ts';

/**
 * `remove`: the bytes go. `settle`: the upload had its time; what the store has decides. `keep`: nothing to do before its next
 * date, as when a file became ready after it had fallen due.
 */
export type Decision = 'remove' | 'settle' | 'keep';

/** What is to be done with a row that fell due. */
export function decide(file: FileRecord, now: Date): Decision {
	if (file.deletedAt !== null || file.expiresAt <= now) return 'remove';
	if (file.abandonAt > now) return 'keep';
	if (file.publishedAt === null) return 'remove';
	return file.status === 'pending' ? 'settle' : 'keep';
}
