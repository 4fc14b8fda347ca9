import type { components } from './generated/tools.ts';
import type { Job } from './types.ts';

/** The params of a tool, and what it adds to a job's result. */
export interface ToolTypes {
	params: object;
	result: object;
}

/** The tools of this release by slug, generated from their manifests. */
export type ToolCatalog = components['schemas'];

/**
 * Tools that the compiler doesn't know, such as those of a newer API, or names from `tools()`.
 * `createClient<UntypedTools>(…)` accepts any string as tool and any params.
 */
export type UntypedTools = Record<
	string,
	{ params: Record<string, unknown>; result: Record<string, unknown> }
>;

/** A catalog such as ToolCatalog, UntypedTools or your own. */
export type AnyCatalog<C> = { [Slug in keyof C]: ToolTypes };

/** The slugs of a catalog. */
export type ToolSlug<C = ToolCatalog> = keyof C & string;

/** The fields that every tool's result has. */
type CommonResult = Pick<NonNullable<Job['result']>, 'bytes_in' | 'bytes_out' | 'duration_ms' | 'warnings'>;

/** A succeeded job with the result of its tool. */
export type SucceededJob<
	C extends AnyCatalog<C> = ToolCatalog,
	Slug extends ToolSlug<C> = ToolSlug<C>,
> = Omit<Job, 'tool' | 'status' | 'result' | 'output_file_id'> & {
	tool: Slug;
	status: 'succeeded';
	output_file_id: string;
	result: CommonResult & C[Slug]['result'];
};
