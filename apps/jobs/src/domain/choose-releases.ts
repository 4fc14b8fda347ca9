/** A waiting job whose turn may have come. */
export interface Candidate {
	id: string;
	tool: string;
	userId: string;
	requestId: string;
	/** Of the trace that the request is in. */
	traceparent: string | null;
	/** How many more jobs, of all tools together, its user may have in flight. */
	allowance: number;
	/** It takes long, as a worker found. */
	background: boolean;
}

export interface FreePlaces {
	byTool: ReadonlyMap<string, number>;
	/** By tool, for jobs that take long. The tools of a worker share its background slots. */
	background: ReadonlyMap<string, number>;
}

/**
 * Takes candidates in their order while their tools have free places and their users an allowance. A job that takes long also
 * needs a background slot: one that was taken for any tool counts, as tools share slots.
 */
export function chooseReleases(candidates: readonly Candidate[], freePlaces: FreePlaces): Candidate[] {
	const taken = { byTool: new Map<string, number>(), byUser: new Map<string, number>(), background: 0 };
	return candidates.filter(({ tool, userId, allowance, background }) => {
		const ofTool = taken.byTool.get(tool) ?? 0;
		const ofUser = taken.byUser.get(userId) ?? 0;
		if (ofTool >= (freePlaces.byTool.get(tool) ?? 0) || ofUser >= allowance) return false;
		if (background && taken.background >= (freePlaces.background.get(tool) ?? 0)) return false;
		if (background) taken.background += 1;
		taken.byTool.set(tool, ofTool + 1);
		taken.byUser.set(userId, ofUser + 1);
		return true;
	});
}
