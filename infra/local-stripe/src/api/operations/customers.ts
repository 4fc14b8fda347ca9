import { z } from 'zod';
import { invalidRequest, noSuch, notFound } from '../../errors.ts';
import { cancelNow, isEnded } from '../../life/subscription-changes.ts';
import { type CustomerFields, newCustomer } from '../../objects/customer.ts';
import type { Customer } from '../../objects/wire.ts';
import type { Ledger } from '../../state/ledger.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { clearableText, expand, integer, mergeMetadata, metadata, text } from '../parameters.ts';

const PATH = '/v1/customers';

const fields = z.strictObject({
	email: clearableText.pipe(z.string().includes('@').max(512).nullable()).optional(),
	name: clearableText.optional(),
	phone: clearableText.optional(),
	description: clearableText.optional(),
	preferred_locales: z.array(text).optional(),
	metadata: metadata.optional(),
	expand,
});

const searching = z.strictObject({ query: text, limit: integer.optional(), page: text.optional(), expand });

export const customerOperations = [
	operation({ method: 'POST', path: PATH, parameters: fields }, (ledger, given) =>
		ledger.record('customer.created', newCustomer(ledger.now, changesOf(given, {}))),
	),
	operation(
		{ method: 'GET', path: PATH, parameters: z.strictObject({ ...listParameters, email: text.optional() }) },
		(ledger, page) => pageOf(existing(ledger), PATH, page, ({ email }) => (page.email ?? email) === email),
	),
	operation({ method: 'GET', path: `${PATH}/search`, parameters: searching }, (ledger, given) => {
		const matches = readQuery(given.query);
		const data = [...existing(ledger)].filter(matches).slice(0, given.limit ?? 10);
		return { object: 'search_result', data, has_more: false, next_page: null, url: `${PATH}/search` };
	}),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => ledger.find('customer', id) ?? refuse(id),
	),
	operation({ method: 'POST', path: `${PATH}/:id`, parameters: fields }, (ledger, given, id) => {
		const customer = requireCustomer(ledger, id);
		const changed = { ...customer, ...changesOf(given, customer.metadata) };
		return ledger.record('customer.updated', changed, customer);
	}),
	operation(
		{ method: 'DELETE', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => {
			const customer = requireCustomer(ledger, id);
			for (const subscription of ledger.newestFirst('subscription', { customer: id })) {
				if (!isEnded(subscription)) cancelNow(ledger, subscription, 'cancellation_requested');
			}
			ledger.record('customer.deleted', customer);
			const deleted = { id, object: 'customer', deleted: true } as const;
			ledger.put(deleted);
			return deleted;
		},
	),
];

function* existing(ledger: Ledger): Iterable<Customer> {
	for (const customer of ledger.newestFirst('customer')) if (customer.deleted !== true) yield customer;
}

/** Of Stripe's query language what is asked here: one key of the metadata that has exactly this value. */
function readQuery(query: string): (customer: Customer) => boolean {
	const [, , key = '', , value = ''] = /^metadata\[(["'])(.+)\1\]:(["'])(.+)\3$/.exec(query) ?? [];
	if (key === '') throw invalidRequest('We were unable to parse your search query.', { param: 'query' });
	return ({ metadata: found }) => found[key] === value;
}

/** @throws StripeError as for what a path names, or a parameter when that is given */
export function requireCustomer(ledger: Ledger, id: string, param?: string): Customer {
	const customer = ledger.find('customer', id);
	if (customer === undefined || customer.deleted === true) return refuse(id, param);
	return customer;
}

function refuse(id: string, param?: string): never {
	throw param === undefined ? notFound('customer', id) : noSuch('customer', id, param);
}

function changesOf(given: z.infer<typeof fields>, old: Record<string, string>): CustomerFields {
	const { metadata: keys, expand: _expand, ...rest } = given;
	const changes = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
	return keys === undefined ? changes : { ...changes, metadata: mergeMetadata(old, keys) };
}
