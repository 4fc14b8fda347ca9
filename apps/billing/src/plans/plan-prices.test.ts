import { unavailable } from '@creatorr/contracts/errors';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { priceCalls } from '../stripe/price-calls.ts';
import { type LocalStripe, startLocalStripe } from '../testing/local-stripe.ts';
import { type PriceCache, refreshPrices } from './plan-prices.ts';

let stripe: LocalStripe;
beforeAll(async () => {
	stripe = await startLocalStripe();
});
afterAll(() => stripe.stop());

const PRICES = { monthly: { amount: 900, currency: 'USD' }, yearly: { amount: 9_000, currency: 'USD' } };
const running = new AbortController().signal;

test('the prices are those in Stripe, and the last ones stay while it is down', async () => {
	const priceCache: PriceCache = { prices: undefined };
	const warnings: string[] = [];
	const logger = { warn: (event: string) => warnings.push(event) } as never;
	await refreshPrices.run({ priceCache, logger, stripe: priceCalls(stripe.api, stripe) }, running);
	expect([priceCache.prices, warnings]).toEqual([PRICES, []]);
	const down = { readPrices: async () => Promise.reject(unavailable('Stripe')) };
	await refreshPrices.run({ priceCache, logger, stripe: down }, running);
	expect([priceCache.prices, warnings]).toEqual([PRICES, ['prices.read_failed']]);
});
