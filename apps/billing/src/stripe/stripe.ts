import Stripe from 'stripe';
import { checkoutCalls, type Prices } from './checkout-calls.ts';
import { customerCalls } from './customer-calls.ts';
import { priceCalls } from './price-calls.ts';
import { subscriptionCalls } from './subscription-calls.ts';

/** The API version that this code expects. Raise it together with the package. */
const API_VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 8_000;

interface StripeOptions {
	secretKey: string;
	/** Stripe's own URL by default. */
	apiBase: string | undefined;
	prices: Prices;
	/** Where Stripe redirects users to. */
	appUrl: string;
}

export type StripeCalls = ReturnType<typeof createStripe>;

/** Returns the calls to Stripe. All throw `upstream_unavailable` if Stripe does not respond. */
export function createStripe({ secretKey, apiBase, ...options }: StripeOptions) {
	const stripe = connect(secretKey, apiBase);
	return {
		...customerCalls(stripe, options),
		...subscriptionCalls(stripe),
		...checkoutCalls(stripe, options),
		...priceCalls(stripe, options),
	};
}

function connect(secretKey: string, apiBase: string | undefined): Stripe {
	const base = apiBase === undefined ? undefined : new URL(apiBase);
	return new Stripe(secretKey, {
		apiVersion: API_VERSION,
		timeout: TIMEOUT_MS,
		maxNetworkRetries: 1,
		telemetry: false,
		...(base && {
			protocol: base.protocol === 'http:' ? 'http' : 'https',
			host: base.hostname,
			port: base.port || (base.protocol === 'http:' ? '80' : '443'),
		}),
	});
}

/** Returns the log fields of a failed call to Stripe: the HTTP status, absent without a response, and the id that Stripe's support asks for. */
export function stripeErrorFields(error: unknown): { stripe_status?: number; stripe_request_id?: string } {
	const cause =
		error instanceof Error && error.cause instanceof Stripe.errors.StripeError ? error.cause : error;
	if (!(cause instanceof Stripe.errors.StripeError)) return {};
	const { statusCode, requestId } = cause;
	return {
		...(statusCode === undefined ? {} : { stripe_status: statusCode }),
		...(requestId ? { stripe_request_id: requestId } : {}),
	};
}
