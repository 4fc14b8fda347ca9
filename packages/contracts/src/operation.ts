import { z } from 'zod';
import type { ErrorCode } from './errors.ts';

export type ServiceName = 'gateway' | 'auth' | 'files' | 'jobs' | 'billing';

/** Who may sign an internal identity. */
export type Caller = ServiceName | 'tool-worker';

/** `public`: no token; `user`: a live session; a list of callers: internal, never reachable through the gateway. */
export type Access = 'public' | 'user' | readonly Caller[];

export interface Operation<
	P extends z.ZodType = z.ZodType,
	Q extends z.ZodType = z.ZodType,
	B extends z.ZodType = z.ZodType,
	R extends z.ZodType = z.ZodType,
> {
	/** OpenAPI's operationId. */
	id: string;
	method: 'get' | 'post' | 'put' | 'delete';
	/** With parameters in braces: `/v1/files/{id}`. */
	path: string;
	service: ServiceName;
	access: Access;
	summary: string;
	params?: P;
	query?: Q;
	headers?: z.ZodObject;
	body?: B;
	status: 200 | 201 | 204;
	/** The whole body of a success; absent for 204. */
	response?: R;
	/** `text/event-stream` for a stream of events; JSON otherwise. */
	contentType?: 'application/json' | 'text/event-stream';
	/** The codes this operation may answer beyond those that all share. */
	errors: readonly ErrorCode[];
}

/** Keeps the schemas' types. */
export function defineOperation<
	P extends z.ZodType = z.ZodUndefined,
	Q extends z.ZodType = z.ZodUndefined,
	B extends z.ZodType = z.ZodUndefined,
	R extends z.ZodType = z.ZodUndefined,
>(operation: Operation<P, Q, B, R>): Operation<P, Q, B, R> {
	return operation;
}

export type ParamsOf<O> = O extends Operation<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.output<P> : never;
export type QueryOf<O> = O extends Operation<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.output<Q> : never;
export type BodyOf<O> = O extends Operation<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.output<B> : never;
export type BodyInputOf<O> =
	O extends Operation<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never;
export type ResponseOf<O> =
	O extends Operation<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.output<R> : never;

/** `{ data }` */
export function enveloped<S extends z.ZodType>(data: S) {
	return z.object({ data });
}

/** A list that continues: `{ data: […], next_cursor }`, the cursor null on the last page. */
export function paged<S extends z.ZodType>(item: S) {
	return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export const pageQuerySchema = z.object({
	limit: z.coerce.number().int().min(1).max(100).default(20),
	cursor: z.string().max(200).optional().meta({ description: 'next_cursor of the page before' }),
});
