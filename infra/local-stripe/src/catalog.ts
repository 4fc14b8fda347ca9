import type { Price } from './objects.ts';

/** The same in every home, so that billing's settings can name them before this server runs. */
export const PRICE_IDS = {
	monthly: 'price_1LocalCreatorrProMonthly',
	yearly: 'price_1LocalCreatorrProYearly0',
} as const;

export const PRICES: readonly Price[] = [
	newPrice(PRICE_IDS.monthly, 'month', 900),
	newPrice(PRICE_IDS.yearly, 'year', 9000),
];

/** @param amount in cents */
function newPrice(id: string, interval: 'month' | 'year', amount: number): Price {
	return {
		id,
		object: 'price',
		currency: 'usd',
		created: Date.UTC(2026, 0, 1) / 1000,
		livemode: false,
		recurring: { interval, interval_count: 1 },
		unit_amount: amount,
	};
}
