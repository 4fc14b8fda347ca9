/** How one check went: how many tests passed and failed, and what a person needs to see of a failure. */
export type Outcome = { passed: number; failed: number; output: string };

export type Check = {
	name: string;
	run: (stop: AbortSignal) => Promise<Outcome>;
};
