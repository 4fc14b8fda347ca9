import { newId } from './ids.ts';
import type { Customer } from './wire.ts';

export type CustomerFields = Partial<
	Pick<Customer, 'email' | 'name' | 'phone' | 'description' | 'metadata' | 'preferred_locales'>
>;

export function newCustomer(now: number, fields: CustomerFields): Customer {
	return {
		id: newId('cus'),
		object: 'customer',
		address: null,
		balance: 0,
		created: now,
		currency: null,
		customer_account: null,
		default_source: null,
		delinquent: false,
		description: null,
		discount: null,
		email: null,
		invoice_prefix: newId('req').slice(4, 12).toUpperCase(),
		invoice_settings: {
			custom_fields: null,
			default_payment_method: null,
			footer: null,
			rendering_options: null,
		},
		livemode: false,
		metadata: {},
		name: null,
		next_invoice_sequence: 1,
		phone: null,
		preferred_locales: [],
		shipping: null,
		tax_exempt: 'none',
		test_clock: null,
		...fields,
	};
}
