import { z } from 'zod';
import type { ErrorCode } from './errors.ts';

export type ServiceName = 'gateway' | 'auth' | 'files' | 'jobs' | 'billing';

/** Who may sign an internal identity. */
export type Caller = ServiceName | 'tool-worker';

/**
 * `public`: no token; `user`: a live session; `optional-user`: a live session or no token at all; a list of callers: internal, never
 * reachable through the gateway.
 */
export type Access = 'public' | 'optional-user' | 'user' | readonly Caller[];

export type SuccessStatus = 200 | 201 | 204;

export interface Operation<
	P extends z.ZodType = z.ZodType,
	Q extends z.ZodType = z.ZodType,
	B extends z.ZodType = z.ZodType,
	R extends z.ZodType = z.ZodType,
	A extends Access = Access,
	S extends SuccessStatus = SuccessStatus,
> {
	/** OpenAPI's operationId. */
	id: string;
	method: 'get' | 'head' | 'post' | 'put' | 'delete';
	/** With parameters in braces: `/v1/files/{id}`. */
	path: string;
	service: ServiceName;
	access: A;
	/** A short name for headings and menus; every public operation has one. */
	title?: string;
	/** What it does, in a sentence. */
	summary: string;
	params?: P;
	query?: Q;
	headers?: z.ZodObject;
	body?: B;
	/** The handler gets the body's bytes as they were sent, whatever their type. */
	rawBody?: true;
	/**
	 * As how many plain requests it counts in the limits of its user, rate and concurrency; 1 by default. Of waits and event streams,
	 * which have a limit of their own at a time, it only counts in the rate. With 0 the limits never refuse it: for what a user must
	 * always be able to do.
	 */
	cost?: number;
	/** The largest body, in bytes; declared exactly where there is `body` or `rawBody`. */
	maxBodyBytes?: number;
	status: S;
	/** The whole body of a success; absent for 204. */
	response?: R;
	/** `text/event-stream` for a stream of events; JSON otherwise. */
	contentType?: 'application/json' | 'text/event-stream';
	/** The codes this operation may answer beyond those that all share. */
	errors: readonly ErrorCode[];
}

/** Keeps the types of the schemas, of the access and of the status. Throws for a body without a limit. */
export function defineOperation<
	const A extends Access,
	const S extends SuccessStatus,
	P extends z.ZodType = z.ZodUndefined,
	Q extends z.ZodType = z.ZodUndefined,
	B extends z.ZodType = z.ZodUndefined,
	R extends z.ZodType = z.ZodUndefined,
>(operation: Operation<P, Q, B, R, A, S>): Operation<P, Q, B, R, A, S> {
	const takesBody = operation.body !== undefined || operation.rawBody !== undefined;
	if (takesBody !== (operation.maxBodyBytes !== undefined)) {
		throw new Error(`${operation.id} needs maxBodyBytes exactly if it takes a body`);
	}
	return operation;
}

type Part<O, K extends 'params' | 'query' | 'body' | 'response'> = O extends { [P in K]?: infer S }
	? Exclude<S, undefined>
	: never;

export type ParamsOf<O> = z.output<Part<O, 'params'>>;
export type QueryOf<O> = z.output<Part<O, 'query'>>;
export type BodyOf<O> = z.output<Part<O, 'body'>>;
export type BodyInputOf<O> = z.input<Part<O, 'body'>>;
export type ResponseOf<O> = z.output<Part<O, 'response'>>;

/** `{ data }` */
export function enveloped<S extends z.ZodType>(data: S) {
	return z.object({ data });
}

const MAX_PAGE_ITEMS = 100;

/** A list that continues: `{ data: […], next_cursor }`, the cursor null on the last page. */
export function paged<S extends z.ZodType>(item: S) {
	return z.object({
		data: z.array(item).meta({ maxItems: MAX_PAGE_ITEMS }),
		next_cursor: z.string().nullable().meta({ maxLength: 200 }),
	});
}

/** A whole number in a query, in plain digits: `1e1`, `0x1f`, ` 5` and nothing at all are none. */
export function queryIntegerSchema(range: { min: number; max: number }) {
	const error = `must be an integer from ${range.min} to ${range.max}`;
	return z
		.string()
		.regex(/^(0|[1-9]\d{0,8})$/, { error })
		.transform(Number)
		.refine((value) => value >= range.min && value <= range.max, { error })
		.meta({ type: 'integer', minimum: range.min, maximum: range.max, pattern: undefined });
}

export const pageQuerySchema = z.object({
	limit: queryIntegerSchema({ min: 1, max: MAX_PAGE_ITEMS })
		.optional()
		.transform((limit) => limit ?? 20)
		.meta({ type: 'integer', minimum: 1, maximum: MAX_PAGE_ITEMS, default: 20 }),
	cursor: z.string().max(200).optional().meta({ description: 'next_cursor of the previous page.' }),
});
