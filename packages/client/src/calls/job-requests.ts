import { randomKey } from '#platform';
import type { AnyCatalog, ToolCatalog, ToolSlug, UntypedTools } from '../tool-types.ts';
import type { Transport } from '../transport.ts';
import type { CallOptions, CreatedJob, Job, JobQuery, Page } from '../types.ts';

/** A job to create. */
export interface NewJob<C extends AnyCatalog<C> = ToolCatalog, Slug extends ToolSlug<C> = ToolSlug<C>> {
	tool: Slug;
	input_file_id: string;
	/** Missing params get their defaults. */
	params?: C[Slug]['params'];
}

/** The job operations of the API, one call each. */
export interface JobRequests<C extends AnyCatalog<C> = ToolCatalog> {
	/**
	 * Creates a job. The same idempotency key returns the same job for 24 hours: generate a key once and retry the call with it.
	 * Without one, each call gets its own key.
	 */
	create<Slug extends ToolSlug<C>>(
		job: NewJob<C, Slug>,
		options?: CallOptions & { idempotencyKey?: string | undefined },
	): Promise<CreatedJob>;
	/** @param options.waitSeconds waits up to this long (0 to 60) for the job to change */
	get(id: string, options?: CallOptions & { waitSeconds?: number | undefined }): Promise<Job>;
	/** Returns a page of jobs, newest first. */
	list(query?: JobQuery, options?: CallOptions): Promise<Page<Job>>;
	cancel(id: string, options?: CallOptions): Promise<Job>;
	/** Deletes a job that has ended. */
	delete(id: string, options?: CallOptions): Promise<void>;
}

export function createJobRequests({
	api,
	body,
	list,
	done,
	failFastFetch,
}: Transport): JobRequests<UntypedTools> {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	return {
		async create(job, { idempotencyKey = randomKey(), ...options } = {}) {
			const header = { 'Idempotency-Key': idempotencyKey };
			const call = api.POST('/v1/jobs', { body: job, params: { header }, ...requestOptions(options) });
			return (await body(call)).data;
		},
		async get(id, { waitSeconds, ...options } = {}) {
			const params = { path: { id }, query: waitSeconds === undefined ? {} : { wait: waitSeconds } };
			const fetchOptions = waitSeconds === undefined ? {} : { fetch: failFastFetch };
			return (await body(api.GET('/v1/jobs/{id}', { params, ...requestOptions(options), ...fetchOptions })))
				.data;
		},
		list: (query, options) =>
			list(api.GET('/v1/jobs', { params: { query: query ?? {} }, ...requestOptions(options) })),
		cancel: async (id, options) =>
			(await body(api.POST('/v1/jobs/{id}/cancel', { params: { path: { id } }, ...requestOptions(options) })))
				.data,
		delete: (id, options) =>
			done(api.DELETE('/v1/jobs/{id}', { params: { path: { id } }, ...requestOptions(options) })),
	};
}
