import type { Job } from '../types.ts';

interface Progress extends Pick<Job, 'progress'> {
	progress_detail?: Job['progress_detail'] | undefined;
}

/**
 * Describes a running job: "Page 3 of 6", or "Processing, 40%" for one without several pages.
 *
 * @param options.percent false where a bar shows it already
 */
export function runningText(
	{ progress, progress_detail: detail }: Progress,
	{ percent = true }: { percent?: boolean } = {},
): string {
	if (detail && detail.pages > 1) return `Page ${detail.page} of ${detail.pages}`;
	return percent && progress > 0 ? `Processing, ${progress}%` : 'Processing';
}
