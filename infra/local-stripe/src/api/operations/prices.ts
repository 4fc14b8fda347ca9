import { z } from 'zod';
import { notFound } from '../../errors.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { expand, text } from '../parameters.ts';

const PATH = '/v1/prices';

export const priceOperations = [
	operation(
		{
			method: 'GET',
			path: PATH,
			parameters: z.strictObject({ ...listParameters, product: text.optional() }),
		},
		(ledger, page) =>
			pageOf(ledger.newestFirst('price'), PATH, page, ({ product }) => (page.product ?? product) === product),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => {
			const price = ledger.find('price', id);
			if (price === undefined) throw notFound('price', id);
			return price;
		},
	),
];
