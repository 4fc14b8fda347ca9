import { invalidRequest, notFound } from '../errors.ts';
import { type Customer, newId } from '../objects.ts';
import type { Transaction } from '../state.ts';
import { cancelNow, hasEnded } from './subscriptions.ts';

export type CustomerFields = Partial<Pick<Customer, 'email' | 'name' | 'metadata'>>;

export function createCustomer(tx: Transaction, fields: CustomerFields): Customer {
	const base = { id: newId('cus', 14), object: 'customer', created: tx.now, livemode: false } as const;
	const customer: Customer = { ...base, email: null, name: null, metadata: {}, ...fields };
	tx.put(customer);
	return customer;
}

/** @param param the parameter that names the customer; the path when absent */
export function requireCustomer(tx: Transaction, id: string, param?: string): Customer {
	const customer = tx.find('customer', id);
	if (customer === undefined || customer.deleted === true) throw notFound('customer', id, param);
	return customer;
}

/** Finds customers by one key of their metadata, which is all that this server knows of Stripe's query language. */
export function searchCustomers(tx: Transaction, { query, limit }: { query: string; limit: number }): object {
	const [, , key = '', , value = ''] = /^metadata\[(["'])(.+)\1\]:(["'])(.+)\3$/.exec(query) ?? [];
	if (key === '') throw invalidRequest('We were unable to parse your search query.', { param: 'query' });
	const found = tx
		.newestFirst('customer')
		.filter((customer) => customer.deleted !== true && customer.metadata[key] === value);
	return {
		object: 'search_result',
		data: found.slice(0, limit),
		has_more: false,
		next_page: null,
		url: '/v1/customers/search',
	};
}

/** Deletes a customer and cancels their subscriptions. Their open checkouts stay open. */
export function deleteCustomer(tx: Transaction, id: string): object {
	requireCustomer(tx, id);
	for (const subscription of tx.newestFirst('subscription', id)) {
		if (!hasEnded(subscription)) cancelNow(tx, subscription);
	}
	const deleted = { id, object: 'customer', deleted: true } as const;
	tx.put(deleted);
	return deleted;
}
