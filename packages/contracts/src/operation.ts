import { z } from 'zod';
import type { ErrorCode } from './error-catalog.ts';
import type { Scope } from './scopes.ts';

export type ServiceName = 'gateway' | 'auth' | 'files' | 'jobs' | 'billing' | 'webhooks';

/** Services that sign internal identities. */
export type Caller = ServiceName | 'tool-worker';

/**
 * Who may call an operation. `public`: anyone, and tokens are ignored. `user`: a live session, or an API key if the operation has a scope.
 * `optional-user`: a live session, or no token. A list of callers: an internal operation, not reachable through the gateway.
 */
export type Access = 'public' | 'optional-user' | 'user' | readonly Caller[];

/** The scope that an API key needs for an operation. `any`: every key may call it. */
export type RequiredScope = Scope | 'any';

export type SuccessStatus = 200 | 201 | 202 | 204;

export interface Operation<
	P extends z.ZodType = z.ZodType,
	Q extends z.ZodType = z.ZodType,
	B extends z.ZodType = z.ZodType,
	R extends z.ZodType = z.ZodType,
	A extends Access = Access,
	S extends SuccessStatus = SuccessStatus,
	C extends RequiredScope | undefined = RequiredScope | undefined,
> {
	/** OpenAPI's operationId. */
	id: string;
	method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';
	/** With parameters in braces: `/v1/files/{id}`. */
	path: string;
	service: ServiceName;
	access: A;
	/** Only with access `user`. Without it, the operation requires a session, not an API key. */
	scope?: C;
	/** Short title for headings and menus. Required for public operations. */
	title?: string;
	/** One sentence about what the operation does. */
	summary: string;
	params?: P;
	query?: Q;
	headers?: z.ZodObject;
	body?: B;
	/** The handler gets the bytes of the body as sent, whatever their type. */
	rawBody?: true;
	/**
	 * Weight in each gateway's limits of a user's rate and concurrency; 1 by default. Long polls, event streams and operations that create jobs
	 * have concurrency limits of their own, in which each counts once. The rate limits of plans count every operation with a cost as one
	 * request, whatever the cost. Operations of cost 0 count toward none of these limits, so that users can call them even while an
	 * attacker uses them up. They have limits of their own, for each session and for all sessions of a user together.
	 */
	cost?: number;
	/** A success with {@link status} creates a job, unless it repeats an earlier one: it counts toward `jobsPerMinute`. */
	createsJob?: true;
	/** Body limit in bytes. Declared exactly if there is `body` or `rawBody`. */
	maxBodyBytes?: number;
	status: S;
	/** Body of a successful response; absent for 204. */
	response?: R;
	/** `text/event-stream` for an event stream; JSON otherwise. */
	contentType?: 'application/json' | 'text/event-stream';
	/** Error codes of this operation besides the shared ones. */
	errors: readonly ErrorCode[];
}

/** Declares an operation, with the types of its schemas, access and status. Throws for a body without a limit, and for a scope without a user. */
export function defineOperation<
	const A extends Access,
	const S extends SuccessStatus,
	const C extends RequiredScope | undefined = undefined,
	P extends z.ZodType = z.ZodUndefined,
	Q extends z.ZodType = z.ZodUndefined,
	B extends z.ZodType = z.ZodUndefined,
	R extends z.ZodType = z.ZodUndefined,
>(operation: Operation<P, Q, B, R, A, S, C>): Operation<P, Q, B, R, A, S, C> {
	const takesBody = operation.body !== undefined || operation.rawBody !== undefined;
	if (takesBody !== (operation.maxBodyBytes !== undefined)) {
		throw new Error(`${operation.id} needs maxBodyBytes exactly if it takes a body`);
	}
	if (operation.scope !== undefined && operation.access !== 'user') {
		throw new Error(`${operation.id} has a scope, but takes no user`);
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

/** Wraps a schema as `{ data }`. */
export function enveloped<S extends z.ZodType>(data: S) {
	return z.object({ data });
}

const MAX_PAGE_ITEMS = 100;

/** Wraps a schema as a page of a list: `{ data: […], next_cursor }`, with a null cursor on the last page. */
export function paged<S extends z.ZodType>(item: S) {
	return z.object({
		data: z.array(item).meta({ maxItems: MAX_PAGE_ITEMS }),
		next_cursor: z.string().nullable().meta({ maxLength: 200 }),
	});
}

/** An integer in a query, in plain digits: refuses `1e1`, `0x1f`, ` 5` and an empty value. */
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
	cursor: z.string().max(200).optional().meta({ description: 'The next_cursor of the previous page.' }),
});
