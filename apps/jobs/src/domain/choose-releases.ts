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
}

/** Takes candidates in their order, as far as their tools have free places and their users are allowed. */
export function chooseReleases(
	candidates: readonly Candidate[],
	freePlaces: ReadonlyMap<string, number>,
): Candidate[] {
	const taken = { byTool: new Map<string, number>(), byUser: new Map<string, number>() };
	return candidates.filter(({ tool, userId, allowance }) => {
		const ofTool = taken.byTool.get(tool) ?? 0;
		const ofUser = taken.byUser.get(userId) ?? 0;
		if (ofTool >= (freePlaces.get(tool) ?? 0) || ofUser >= allowance) return false;
		taken.byTool.set(tool, ofTool + 1);
		taken.byUser.set(userId, ofUser + 1);
		return true;
	});
}
