import type { components } from './generated/tools.ts';
import type { Job } from './types.ts';

/** What one tool takes, and what it adds to the result of a job. */
export interface ToolTypes {
	params: object;
	result: object;
}

/** The tools that this release knows, by slug: made from their manifests. */
export type ToolCatalogue = components['schemas'];

/**
 * Tools whose names the compiler doesn't know, such as those of a newer API or names that come from `tools()`:
 * `createClient<UntypedTools>(…)` takes any string as tool and any params.
 */
export type UntypedTools = Record<
	string,
	{ params: Record<string, unknown>; result: Record<string, unknown> }
>;

/** A catalogue such as ToolCatalogue, UntypedTools, or one's own. */
export type AnyCatalogue<C> = { [Slug in keyof C]: ToolTypes };

/** The slugs of a catalogue. */
export type ToolSlug<C = ToolCatalogue> = keyof C & string;

/** The fields that the result of every tool has. */
type CommonResult = Pick<NonNullable<Job['result']>, 'bytes_in' | 'bytes_out' | 'duration_ms' | 'warnings'>;

/** A job that has succeeded, with the result of its tool. */
export type SucceededJob<
	C extends AnyCatalogue<C> = ToolCatalogue,
	Slug extends ToolSlug<C> = ToolSlug<C>,
> = Omit<Job, 'tool' | 'status' | 'result' | 'output_file_id'> & {
	tool: Slug;
	status: 'succeeded';
	output_file_id: string;
	result: CommonResult & C[Slug]['result'];
};
