/** A job that this worker may run. */
export interface GrantedJob {
	id: string;
	attempt: number;
	tool: string;
	params: Record<string, unknown>;
	inputFileId: string;
	userId: string;
}
