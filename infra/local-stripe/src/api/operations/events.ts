import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { expand, text } from '../parameters.ts';

const PATH = '/v1/events';

export const eventOperations = [
	operation(
		{
			method: 'GET',
			path: PATH,
			parameters: z.strictObject({
				...listParameters,
				type: text.optional(),
				types: z.array(text).max(20).optional(),
			}),
		},
		(ledger, page) =>
			pageOf(
				ledger.newestFirst('event'),
				PATH,
				page,
				({ type }) =>
					(page.type === undefined || matches(type, page.type)) && (page.types?.includes(type) ?? true),
			),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => {
			const event = ledger.find('event', id);
			if (event === undefined) throw notFound('event', id);
			return event;
		},
	),
];

/** `customer.subscription.*` stands for all that begins so. */
function matches(type: string, pattern: string): boolean {
	return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
