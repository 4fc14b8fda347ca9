import type { PageLimit } from '@creatorr/tool-kit/limits/input-limits';

/** A job that this worker may run. */
export interface GrantedJob {
	id: string;
	attempt: number;
	tool: string;
	/** Opens the sealed ones among them, which throws where this worker lacks the key; for the tool alone, never for a log. */
	params(): Record<string, unknown>;
	/** Of its user's plan. */
	pageLimit: PageLimit;
	/** An earlier worker found that it takes long. */
	isBackground: boolean;
	inputFileId: string;
	userId: string;
}
