import type { StripePort } from '../domain/stripe-port.ts';
import { checkoutCalls, type Prices } from './checkout-calls.ts';
import { connect } from './connect.ts';
import { customerCalls } from './customer-calls.ts';
import { subscriptionCalls } from './subscription-calls.ts';

interface StripeOptions {
	secretKey: string;
	/** Stripe's own where absent. */
	apiBase: string | undefined;
	prices: Prices;
	/** Where people come back to. */
	appUrl: string;
}

export function createStripe({ secretKey, apiBase, ...options }: StripeOptions): StripePort {
	const stripe = connect(secretKey, apiBase);
	return {
		...customerCalls(stripe, options),
		...subscriptionCalls(stripe),
		...checkoutCalls(stripe, options),
	};
}
