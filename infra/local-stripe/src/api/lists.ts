import type Stripe from 'stripe';
import { z } from 'zod';
import { invalidRequest, noSuch } from '../errors.ts';
import { listOf, type Stored } from '../objects/wire.ts';
import { expand, integer, text } from './parameters.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** The parameters that every list has. */
export const listParameters = {
	limit: integer.optional(),
	starting_after: text.optional(),
	ending_before: text.optional(),
	expand,
	created: z
		.union([
			integer,
			z.strictObject({
				gt: integer.optional(),
				gte: integer.optional(),
				lt: integer.optional(),
				lte: integer.optional(),
			}),
		])
		.optional(),
};

type Page = z.infer<z.ZodObject<typeof listParameters>>;

/** One page of what there is of a kind and matches, the newest first. */
export function pageOf<T extends Extract<Stored, { created: number }>>(
	all: Iterable<T>,
	path: string,
	page: Page,
	matches: (object: T) => boolean,
): Stripe.ApiList<T> {
	const { starting_after: after, ending_before: before } = page;
	const limit = readLimit(page);
	if (after !== undefined && before !== undefined) {
		throw invalidRequest('You may only specify one of these parameters: ending_before, starting_after.');
	}
	const found: T[] = [];
	let isBegun = after === undefined;
	let isEnded = before === undefined;
	for (const object of all) {
		isEnded ||= object.id === before;
		if (before !== undefined && isEnded) break;
		if (isBegun && isInRange(object.created, page.created) && matches(object)) found.push(object);
		if (before === undefined && found.length > limit) break;
		isBegun ||= object.id === after;
	}
	if (!isBegun) throw noSuch('object', after ?? '', 'starting_after');
	if (!isEnded) throw noSuch('object', before ?? '', 'ending_before');
	const shown = before === undefined ? found.slice(0, limit) : found.slice(-limit);
	return listOf(shown, path, found.length > limit);
}

function readLimit({ limit = DEFAULT_LIMIT }: Page): number {
	if (limit >= 1 && limit <= MAX_LIMIT) return limit;
	const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_LIMIT}`;
	throw invalidRequest(`This value must be ${bound}.`, { param: 'limit', beforeExecution: true });
}

function isInRange(created: number, range: Page['created']): boolean {
	if (range === undefined) return true;
	if (typeof range === 'number') return created === range;
	const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
	return created > gt && created >= gte && created < lt && created <= lte;
}
