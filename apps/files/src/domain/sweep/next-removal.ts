import { type FileRecord, isMultipart } from '../file.ts';
import { type FilePolicy, later } from '../policy.ts';

export type RemovalPolicy = Pick<FilePolicy, 'lateUploadMs' | 'resweepIntervalMs' | 'downloadUrlSeconds'>;

/**
 * When to remove the bytes of a deleted file once more; null when none can come any more.
 *
 * The URL of a single PUT works after the deletion, and a PUT that it admitted may end later still. Download URLs that were given
 * out before would serve those bytes, so they are removed at short intervals for as long as either kind of URL may work. Parts need
 * no such thing: their upload was aborted. Neither does the output of a job, whose URLs only a worker has.
 */
export function nextRemovalAt(file: FileRecord, now: Date, policy: RemovalPolicy): Date | null {
	const { uploadUrlExpiresAt, deletedAt } = file;
	const lastBytesAt = later(uploadUrlExpiresAt, policy.lateUploadMs);
	if (lastBytesAt <= now) return null;
	if (isMultipart(file) || file.jobId !== null) return lastBytesAt;
	const downloadsEndAt = later(deletedAt ?? now, policy.downloadUrlSeconds * 1_000);
	if (uploadUrlExpiresAt <= now && downloadsEndAt <= now) return lastBytesAt;
	return earlier(later(now, policy.resweepIntervalMs), lastBytesAt);
}

function earlier(one: Date, other: Date): Date {
	return one < other ? one : other;
}
