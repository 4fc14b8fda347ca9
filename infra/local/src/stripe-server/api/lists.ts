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

/** One page of what there is, the newest first. */
export function pageOf<T extends Extract<Stored, { created: number }>>(
	all: T[],
	path: string,
	{ limit = DEFAULT_LIMIT, starting_after: after, ending_before: before, created }: Page,
): Stripe.ApiList<T> {
	if (limit < 1 || limit > MAX_LIMIT) {
		const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_LIMIT}`;
		throw invalidRequest(`This value must be ${bound}.`, { param: 'limit', beforeExecution: true });
	}
	if (after !== undefined && before !== undefined) {
		throw invalidRequest('You may only specify one of these parameters: ending_before, starting_after.');
	}
	const matching = all.filter((object) => isInRange(object.created, created));
	if (before !== undefined) {
		const newer = matching.slice(0, positionOf(all, matching, before, 'ending_before'));
		return listOf(newer.slice(-limit), path, newer.length > limit);
	}
	const start = after === undefined ? 0 : positionOf(all, matching, after, 'starting_after') + 1;
	const rest = matching.slice(start);
	return listOf(rest.slice(0, limit), path, rest.length > limit);
}

function positionOf<T extends Stored>(all: T[], matching: T[], id: string, param: string): number {
	const position = matching.findIndex((object) => object.id === id);
	if (position === -1) throw noSuch(all[0]?.object ?? 'object', id, param);
	return position;
}

function isInRange(created: number, range: Page['created']): boolean {
	if (range === undefined) return true;
	if (typeof range === 'number') return created === range;
	const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
	return created > gt && created >= gte && created < lt && created <= lte;
}
