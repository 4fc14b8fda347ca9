import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { expand, text } from '../parameters.ts';

const PATH = '/v1/invoices';

export const invoiceOperations = [
	operation(
		{
			method: 'GET',
			path: PATH,
			parameters: z.strictObject({
				...listParameters,
				customer: text.optional(),
				subscription: text.optional(),
				status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
			}),
		},
		(ledger, page) =>
			pageOf(
				ledger.newestFirst('invoice', { customer: page.customer }),
				PATH,
				page,
				({ status, parent }) =>
					(page.status ?? status) === status &&
					(page.subscription ?? subscriptionOf(parent)) === subscriptionOf(parent),
			),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => {
			const invoice = ledger.find('invoice', id);
			if (invoice === undefined) throw notFound('invoice', id);
			return invoice;
		},
	),
];

function subscriptionOf(parent: { subscription_details: { subscription: unknown } | null } | null): unknown {
	return parent?.subscription_details?.subscription;
}
