import { z } from 'zod';
import { invalidRequest, notFound } from '../errors.ts';
import type { Kind, OfKind } from '../objects.ts';
import type { Transaction } from '../state.ts';

export type Operation = {
	method: 'get' | 'post' | 'delete';
	/** Below `/v1`, with `:id` for the object. */
	path: string;
	/** Reads the parameters of query and body, and does all that the request asks for, or nothing. */
	run: (tx: Transaction, form: object, id: string) => object;
};

/*
 * Parameters are form-encoded: their values are text.
 */
export const text = z.string().min(1).max(5000);
export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] });
export const limit = z.coerce.number().int().min(1).max(100).default(10);
export const metadata = z.record(z.string().max(40), z.string().max(500));
export const none = z.strictObject({});

/** Describes an operation: its route, its parameters and what it does. */
export function operation<T>(
	method: Operation['method'],
	path: string,
	parameters: z.ZodType<T>,
	run: (tx: Transaction, params: T, id: string) => object,
): Operation {
	return { method, path, run: (tx, form, id) => run(tx, readParameters(parameters, form), id) };
}

function readParameters<T>(parameters: z.ZodType<T>, form: object): T {
	const parsed = parameters.safeParse(form);
	if (parsed.success) return parsed.data;
	const [first = '', ...rest] = parsed.error.issues[0]?.path.map(String) ?? [];
	throw invalidRequest(
		`${z.prettifyError(parsed.error)}\nStripe may accept what the local Stripe doesn't have.`,
		{ param: first + rest.map((key) => `[${key}]`).join('') },
	);
}

export function requireObject<K extends Kind>(tx: Transaction, kind: K, id: string): OfKind<K> {
	const object = tx.find(kind, id);
	if (object === undefined) throw notFound(kind, id);
	return object;
}

export function retrieveOperation(path: string, kind: Kind): Operation {
	return operation('get', `${path}/:id`, none, (tx, _params, id) => requireObject(tx, kind, id));
}

/** Tells whether an object belongs on a list. `wanted` is the value of the filter's parameter, undefined when absent. */
type Filter<T> = (object: T, wanted: unknown) => boolean;

/** Lists the objects whose property is what the parameter says. */
export function equal<T>(property: (object: T) => unknown): Filter<T> {
	return (object, wanted) => wanted === undefined || property(object) === wanted;
}

type Query = { limit: number; [filter: string]: unknown };

/** Describes a list, the newest first, of which there is only the first page. Each filter is a parameter. */
export function listOperation<K extends Kind>(
	path: string,
	kind: K,
	filters: Record<string, Filter<OfKind<K>>>,
): Operation {
	const filterParameters = Object.fromEntries(Object.keys(filters).map((name) => [name, text.optional()]));
	const parameters = z.strictObject({ limit, ...filterParameters });
	return operation('get', path, parameters as z.ZodType<Query>, (tx, params) => {
		const { customer } = params;
		const found = tx
			.newestFirst(kind, typeof customer === 'string' ? customer : undefined)
			.filter((object) => Object.entries(filters).every(([name, filter]) => filter(object, params[name])));
		const hasMore = found.length > params.limit;
		return { object: 'list', data: found.slice(0, params.limit), has_more: hasMore, url: `/v1${path}` };
	});
}
