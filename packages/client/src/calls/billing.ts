import type { Transport } from '../transport.ts';
import type { Billing, CallOptions } from '../types.ts';

export interface BillingCalls {
	/** The plan, and the subscription behind it. */
	get(options?: CallOptions): Promise<Billing>;
	/** The page of Stripe where Pro is paid for. */
	checkout(cycle: 'monthly' | 'yearly', options?: CallOptions): Promise<{ url: string }>;
	/** The page of Stripe where a subscription is changed or ended. */
	portal(options?: CallOptions): Promise<{ url: string }>;
}

export function createBilling({ api, body }: Transport): BillingCalls {
	const given = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	return {
		get: async (options) => (await body(api.GET('/v1/billing', given(options)))).data,
		checkout: async (cycle, options) =>
			(await body(api.POST('/v1/billing/checkout', { body: { cycle }, ...given(options) }))).data,
		portal: async (options) => (await body(api.POST('/v1/billing/portal', given(options)))).data,
	};
}
