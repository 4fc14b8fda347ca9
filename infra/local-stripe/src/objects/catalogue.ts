import type { Plan, Price, Product } from './wire.ts';

/** What is sold. The ids are the same in every home, so that the billing service can be told them before this server runs. */
export const PRICE_IDS = {
	monthly: 'price_1LocalCreatorrProMonthly',
	yearly: 'price_1LocalCreatorrProYearly0',
} as const;

const PRODUCT_ID = 'prod_LocalCreatorrPro';
const CREATED = Date.UTC(2026, 0, 1) / 1000;

export const PRODUCT: Product = {
	id: PRODUCT_ID,
	object: 'product',
	active: true,
	created: CREATED,
	default_price: PRICE_IDS.monthly,
	description: null,
	images: [],
	livemode: false,
	marketing_features: [],
	metadata: {},
	name: 'creatorr Pro',
	package_dimensions: null,
	shippable: null,
	statement_descriptor: null,
	tax_code: null,
	tax_details: null,
	type: 'service',
	unit_label: null,
	updated: CREATED,
	url: null,
};

export const PRICES: Price[] = [
	price(PRICE_IDS.monthly, 'month', 900),
	price(PRICE_IDS.yearly, 'year', 9000),
];

function price(id: string, interval: 'month' | 'year', amount: number): Price {
	return {
		id,
		object: 'price',
		active: true,
		billing_scheme: 'per_unit',
		created: CREATED,
		currency: 'usd',
		custom_unit_amount: null,
		livemode: false,
		lookup_key: null,
		metadata: {},
		nickname: null,
		product: PRODUCT_ID,
		recurring: { interval, interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
		tax_behavior: 'unspecified',
		tiers_mode: null,
		transform_quantity: null,
		type: 'recurring',
		unit_amount: amount,
		unit_amount_decimal: String(amount),
	};
}

/** The older form of a price, which subscription items still carry beside it. */
export function planOf(price: Price): Plan {
	return {
		id: price.id,
		object: 'plan',
		active: price.active,
		amount: price.unit_amount,
		amount_decimal: price.unit_amount_decimal,
		billing_scheme: 'per_unit',
		created: price.created,
		currency: price.currency,
		interval: price.recurring?.interval ?? 'month',
		interval_count: price.recurring?.interval_count ?? 1,
		livemode: false,
		metadata: {},
		meter: null,
		nickname: price.nickname,
		product: price.product,
		tiers_mode: null,
		transform_usage: null,
		trial_period_days: null,
		usage_type: 'licensed',
	};
}
