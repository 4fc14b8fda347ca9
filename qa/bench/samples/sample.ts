/** A file that a tool is to be run on. */
export interface Sample {
	tool: string;
	path: string;
	/** Relative to its folder, for tables. */
	label: string;
	mimeType: string;
	params: Record<string, unknown>;
	/** How the job may end: `succeeded` or codes of errors. */
	expect: readonly string[];
}

export const SUCCEEDED = 'succeeded';

/** Whether there is an output to measure. */
export function isMeasured(sample: Sample): boolean {
	return sample.expect.length === 1 && sample.expect[0] === SUCCEEDED;
}
