import type { PlanPrices } from '@creatorr/contracts/billing';
import type Stripe from 'stripe';
import type { Prices } from './checkout-calls.ts';
import { callStripe } from './errors.ts';

export function priceCalls(stripe: Stripe, { prices }: { prices: Prices }) {
	const read = async (id: string) => toPrice(await stripe.prices.retrieve(id));
	return {
		/** Returns the prices of Pro; undefined if one of them has no fixed amount. */
		readPrices: (): Promise<PlanPrices | undefined> =>
			callStripe(async () => {
				const [monthly, yearly] = await Promise.all([read(prices.monthly), read(prices.yearly)]);
				return monthly && yearly ? { monthly, yearly } : undefined;
			}),
	};
}

function toPrice({ unit_amount: amount, currency }: Stripe.Price): PlanPrices['monthly'] | undefined {
	return amount === null ? undefined : { amount, currency: currency.toUpperCase() };
}
