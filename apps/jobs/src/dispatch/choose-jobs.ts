/** A waiting job that may be dispatched now. */
export interface Candidate {
	id: string;
	tool: string;
	userId: string;
	requestId: string;
	/** Of the trace of the request that created it. */
	traceparent: string | null;
	/** How many more active jobs of all tools its user may have. */
	allowance: number;
	/** A worker found that it takes long. */
	background: boolean;
}

/** Slots that dispatch may fill. */
export interface FreeSlots {
	/** By tool. Includes the margin, for jobs that the next free worker starts at once. */
	byTool: ReadonlyMap<string, number>;
	/** By tool, for background jobs. The tools of a worker share its background slots. */
	background: ReadonlyMap<string, number>;
}

/**
 * Chooses candidates in their order while their tools have free slots and their users an allowance. A background job also needs a
 * background slot. A slot taken for any tool counts, because tools share them.
 */
export function chooseJobs(candidates: readonly Candidate[], freeSlots: FreeSlots): Candidate[] {
	const taken = { byTool: new Map<string, number>(), byUser: new Map<string, number>(), background: 0 };
	return candidates.filter(({ tool, userId, allowance, background }) => {
		const ofTool = taken.byTool.get(tool) ?? 0;
		const ofUser = taken.byUser.get(userId) ?? 0;
		if (ofTool >= (freeSlots.byTool.get(tool) ?? 0) || ofUser >= allowance) return false;
		if (background && taken.background >= (freeSlots.background.get(tool) ?? 0)) return false;
		if (background) taken.background += 1;
		taken.byTool.set(tool, ofTool + 1);
		taken.byUser.set(userId, ofUser + 1);
		return true;
	});
}
