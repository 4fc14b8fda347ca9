/** A job that this worker may run. */
export interface GrantedJob {
	id: string;
	attempt: number;
	tool: string;
	/** Opens the sealed ones among them, which throws where this worker lacks the key; for the tool alone, never for a log. */
	params(): Record<string, unknown>;
	inputFileId: string;
	userId: string;
}
