import { type AccountCalls, createAccount } from './calls/account.ts';
import { type BillingCalls, createBilling } from './calls/billing.ts';
import { createFiles, type FileCalls } from './calls/files.ts';
import { createJobs, type JobCalls } from './calls/jobs.ts';
import { type RunOptions, type RunResult, runTool } from './run-tool.ts';
import type { AnyCatalogue, ToolCatalogue, ToolSlug, UntypedTools } from './tool-types.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import type { CallOptions, Tool, Usage } from './types.ts';

export type ClientOptions = TransportOptions;

/**
 * Everything that the API does. Every call rejects with ApiError or ConnectionError, or with its signal's reason.
 *
 * @typeParam C the tools with their params and results: those of this release, or UntypedTools
 */
export interface Client<C extends AnyCatalogue<C> = ToolCatalogue> {
	account: AccountCalls;
	files: FileCalls;
	jobs: JobCalls<C>;
	billing: BillingCalls;
	/**
	 * The whole way: uploads, makes the job, waits for its output. Rejects with JobError when the job fails or is canceled, else
	 * like any call.
	 */
	run<Slug extends ToolSlug<C>>(options: RunOptions<C, Slug>): Promise<RunResult<C, Slug>>;
	/** The tools, with the JSON Schema of their params; needs no token. */
	tools(options?: CallOptions): Promise<Tool[]>;
	/** How much of each limit of the plan is used. */
	usage(options?: CallOptions): Promise<Usage>;
}

/** A client of the API at `baseUrl`. It keeps nothing and opens nothing: there is nothing to close. */
export function createClient<C extends AnyCatalogue<C> = ToolCatalogue>(
	options: ClientOptions = {},
): Client<C> {
	const transport = createTransport(options);
	const { api, body, list } = transport;
	const files = createFiles(transport);
	const jobs = createJobs(transport);
	const client: Client<UntypedTools> = {
		account: createAccount(transport),
		files,
		jobs,
		billing: createBilling(transport),
		run: (given) => runTool(files, jobs, given),
		tools: async ({ signal } = {}) => (await list(api.GET('/v1/tools', { signal: signal ?? null }))).data,
		usage: async ({ signal } = {}) => (await body(api.GET('/v1/usage', { signal: signal ?? null }))).data,
	};
	// catalogues differ in their types alone
	return client as unknown as Client<C>;
}
