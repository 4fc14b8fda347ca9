import type { PlanPrices } from '@creatorr/contracts/billing';
import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import { type StripeCalls, stripeErrorFields } from '../stripe/stripe.ts';

const HOUR_MS = 3_600_000;
const RETRY_MS = 60_000;

/** The prices in Stripe as this process read them last; `prices` is undefined until it has. */
export interface PriceCache {
	prices: PlanPrices | undefined;
}

interface PriceDeps {
	priceCache: PriceCache;
	stripe: Pick<StripeCalls, 'readPrices'>;
	logger: Pick<Logger, 'warn'>;
}

/** Reads the prices from Stripe, so that `GET /v1/plans` never waits for it. While Stripe is down, the last prices stay. */
export const refreshPrices = defineTask<PriceDeps>({
	name: 'refresh_prices',
	everyMs: ({ priceCache }) => (priceCache.prices ? HOUR_MS : RETRY_MS),
	async run({ priceCache, stripe, logger }) {
		try {
			priceCache.prices = await stripe.readPrices();
		} catch (error) {
			logger.warn('prices.read_failed', { ...stripeErrorFields(error), error });
		}
	},
});
