/** A waiting job that may be dispatched now. */
export interface Candidate {
	id: string;
	tool: string;
	userId: string;
	requestId: string;
	/** Trace context of the request that created the job. */
	traceparent: string | null;
	/** How many more active jobs the user may have, over all tools. */
	userSlots: number;
	/** Whether a worker found that the job takes long. */
	background: boolean;
}

/** Slots that dispatch may fill. */
export interface FreeSlots {
	/** By tool. Includes the margin: jobs that wait at the broker, so that a worker that becomes free starts one at once. */
	byTool: ReadonlyMap<string, number>;
	/** By tool, for background jobs. The tools of a worker share its background slots. */
	background: ReadonlyMap<string, number>;
}

/**
 * Chooses candidates in their order while their tools and their users have free slots. A background job also needs a
 * background slot. Background slots given to other tools in this call count as taken, because tools share them.
 */
export function chooseJobs(candidates: readonly Candidate[], freeSlots: FreeSlots): Candidate[] {
	const taken = { byTool: new Map<string, number>(), byUser: new Map<string, number>(), background: 0 };
	return candidates.filter(({ tool, userId, userSlots, background }) => {
		const ofTool = taken.byTool.get(tool) ?? 0;
		const ofUser = taken.byUser.get(userId) ?? 0;
		if (ofTool >= (freeSlots.byTool.get(tool) ?? 0) || ofUser >= userSlots) return false;
		if (background && taken.background >= (freeSlots.background.get(tool) ?? 0)) return false;
		if (background) taken.background += 1;
		taken.byTool.set(tool, ofTool + 1);
		taken.byUser.set(userId, ofUser + 1);
		return true;
	});
}
