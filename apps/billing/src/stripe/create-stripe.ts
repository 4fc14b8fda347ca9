import { billingCycleSchema } from '@creatorr/contracts/billing';
import Stripe from 'stripe';
import type { OpenCheckout, StripePort } from '../domain/stripe-port.ts';
import { type Prices, toSubscription } from './to-subscription.ts';
import { asking, isMissing } from './translate-errors.ts';

/** The version whose shapes this code reads; raised together with the package. */
const API_VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 8_000;
const PAGE = 100;

interface StripeOptions {
	secretKey: string;
	/** Stripe's own where absent. */
	apiBase: string | undefined;
	prices: Prices;
	/** Where people come back to. */
	appUrl: string;
}

function connect({ secretKey, apiBase }: StripeOptions): Stripe {
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

function toCheckout(session: Stripe.Checkout.Session): OpenCheckout {
	return {
		id: session.id,
		cycle: billingCycleSchema.safeParse(session.metadata?.cycle).data ?? null,
		url: session.url ?? '',
		expiresAt: new Date(session.expires_at * 1000),
	};
}

export function createStripe(options: StripeOptions): StripePort {
	const stripe = connect(options);
	const { prices, appUrl } = options;
	return {
		createCustomer: ({ id, email, name }) =>
			asking(async () => {
				// Nothing that may change goes with the key: it would be refused the next time.
				const idempotencyKey = `creatorr-customer-${id}`;
				const created = await stripe.customers.create({ metadata: { user_id: id } }, { idempotencyKey });
				await stripe.customers.update(created.id, { email, ...(name === null ? {} : { name }) });
				return created.id;
			}),
		listSubscriptions: (customer) =>
			asking(async () => {
				const pages = stripe.subscriptions.list({ customer, status: 'all', limit: PAGE });
				const all: Stripe.Subscription[] = [];
				try {
					for await (const subscription of pages) all.push(subscription);
				} catch (error) {
					if (!isMissing(error)) throw error;
				}
				return all.map((subscription) => toSubscription(subscription, prices));
			}),
		listOpenCheckouts: (customer) =>
			asking(async () => {
				try {
					const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: PAGE });
					return data.map(toCheckout);
				} catch (error) {
					if (isMissing(error)) return [];
					throw error;
				}
			}),
		createCheckout: ({ customerId, userId, cycle }) =>
			asking(async () => {
				const metadata = { user_id: userId, cycle };
				const session = await stripe.checkout.sessions.create({
					mode: 'subscription',
					customer: customerId,
					client_reference_id: userId,
					line_items: [{ price: prices[cycle], quantity: 1 }],
					metadata,
					subscription_data: { metadata: { user_id: userId } },
					success_url: `${appUrl}/?checkout=done`,
					cancel_url: `${appUrl}/?checkout=canceled`,
				});
				return toCheckout(session);
			}),
		expireCheckout: (id) =>
			asking(async () => {
				await stripe.checkout.sessions.expire(id).catch((error: unknown) => {
					// It was paid or has expired meanwhile.
					if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
				});
			}),
		createPortal: (customer) =>
			asking(
				async () => (await stripe.billingPortal.sessions.create({ customer, return_url: `${appUrl}/` })).url,
			),
		deleteCustomer: (id) =>
			asking(async () => {
				await stripe.customers.del(id).catch((error: unknown) => {
					if (!isMissing(error)) throw error;
				});
			}),
	};
}
