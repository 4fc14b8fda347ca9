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
	/** Of all tools together, for jobs that take long. */
	background: number;
}

/** Takes candidates in their order, as far as their tools have free places, their users are allowed and those that take long have background slots. */
export function chooseReleases(candidates: readonly Candidate[], freePlaces: FreePlaces): Candidate[] {
	const taken = { byTool: new Map<string, number>(), byUser: new Map<string, number>(), background: 0 };
	return candidates.filter(({ tool, userId, allowance, background }) => {
		const ofTool = taken.byTool.get(tool) ?? 0;
		const ofUser = taken.byUser.get(userId) ?? 0;
		if (ofTool >= (freePlaces.byTool.get(tool) ?? 0) || ofUser >= allowance) return false;
		if (background && taken.background >= freePlaces.background) return false;
		if (background) taken.background += 1;
		taken.byTool.set(tool, ofTool + 1);
		taken.byUser.set(userId, ofUser + 1);
		return true;
	});
}
