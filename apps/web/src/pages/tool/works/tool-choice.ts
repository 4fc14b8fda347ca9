import type { Tool } from '@creatorr/client';
import type { Field } from '../params/fields.ts';
import type { toSend } from '../params/values.ts';

/** The tool of the page, and what is chosen for it now. */
export interface ToolChoice {
	tool: Tool;
	fields: readonly Field[];
	/** Something is marked that has to be mended before anything is sent. */
	isWrong: boolean;
	toSend(): ReturnType<typeof toSend>;
}
