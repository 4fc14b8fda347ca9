import { planLimit, sayBytes } from '@creatorr/contracts/plan-limit';
import type { Plan, Plans } from '@creatorr/contracts/plans';

/** What decides over a user's next file. */
export interface Standing {
	plan: Plan;
	/** Sizes of all files that are kept, and declared ones of uploads whose bytes may still come, also to files that are deleted. */
	storedBytes: number;
}

/** Throws `plan_limit` where an upload is more than the plan has room for. What a job puts out is not asked for and counts later. */
export function admitUpload(
	plans: Plans,
	{ sizeBytes, jobId }: { sizeBytes: number; jobId: string | null },
	{ plan, storedBytes }: Standing,
): void {
	if (jobId !== null || storedBytes + sizeBytes <= plans[plan].maxStoredBytes) return;
	throw planLimit({
		plan,
		plans,
		limitOf: (terms) => terms.maxStoredBytes,
		say: sayBytes,
		use: `your files and open uploads take ${sayBytes(storedBytes)} and this one ${sayBytes(sizeBytes)}`,
		advice: 'delete some (a deleted file counts until its upload URL expires)',
	});
}
