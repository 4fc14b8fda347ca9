import { type AccountCalls, createAccount } from './calls/account.ts';
import { type BillingCalls, createBilling } from './calls/billing.ts';
import { createFiles, type FileCalls } from './calls/files.ts';
import { createJobs, type JobCalls } from './calls/jobs.ts';
import { createKeys, type KeyCalls } from './calls/keys.ts';
import { createWebhooks, type WebhookCalls } from './calls/webhooks.ts';
import { type RunOptions, type RunResult, runTool } from './run-tool.ts';
import type { AnyCatalog, ToolCatalog, ToolSlug, UntypedTools } from './tool-types.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import type { CallOptions, ErrorDescription, Plan, Tool, Usage } from './types.ts';

export type ClientOptions = TransportOptions;

/**
 * Every operation of the API. Each call rejects with ApiError or ConnectionError, or with its signal's reason.
 *
 * @typeParam C the tools with their params and results: those of this release, or UntypedTools
 */
export interface Client<C extends AnyCatalog<C> = ToolCatalog> {
	account: AccountCalls;
	files: FileCalls;
	jobs: JobCalls<C>;
	billing: BillingCalls;
	webhooks: WebhookCalls;
	keys: KeyCalls;
	/**
	 * Uploads the input, creates the job and waits for its output. Rejects with JobError if the job fails or is canceled, otherwise
	 * like any call.
	 */
	run<Slug extends ToolSlug<C>>(options: RunOptions<C, Slug>): Promise<RunResult<C, Slug>>;
	/** Returns the tools with the JSON Schema of their params. Needs no token. */
	tools(options?: CallOptions): Promise<Tool[]>;
	/** Returns the plans with their limits and prices. Needs no token. */
	plans(options?: CallOptions): Promise<Plan[]>;
	/** Returns all error codes of the API and of jobs, with what to do about them. Needs no token. */
	errors(options?: CallOptions): Promise<ErrorDescription[]>;
	/** Returns the use of each limit of the plan. */
	usage(options?: CallOptions): Promise<Usage>;
}

/** Creates a client of the API at `baseUrl`. It holds no connections, so it needs no close. */
export function createClient<C extends AnyCatalog<C> = ToolCatalog>(options: ClientOptions = {}): Client<C> {
	const transport = createTransport(options);
	const { api, body, list } = transport;
	const files = createFiles(transport);
	const jobs = createJobs(transport);
	const client: Client<UntypedTools> = {
		account: createAccount(transport),
		files,
		jobs,
		billing: createBilling(transport),
		webhooks: createWebhooks(transport),
		keys: createKeys(transport),
		run: (runOptions) => runTool(files, jobs, runOptions),
		tools: async ({ signal } = {}) => (await list(api.GET('/v1/tools', { signal: signal ?? null }))).data,
		plans: async ({ signal } = {}) => (await list(api.GET('/v1/plans', { signal: signal ?? null }))).data,
		errors: async ({ signal } = {}) => (await list(api.GET('/v1/errors', { signal: signal ?? null }))).data,
		usage: async ({ signal } = {}) => (await body(api.GET('/v1/usage', { signal: signal ?? null }))).data,
	};
	// Catalogs differ only in their types.
	return client as unknown as Client<C>;
}
