import type { Transport } from '../transport.ts';
import type { Billing, CallOptions } from '../types.ts';

export interface BillingCalls {
	/** Returns the plan and its subscription. */
	get(options?: CallOptions): Promise<Billing>;
	/** Returns the Stripe page to pay for Pro. */
	checkout(cycle: 'monthly' | 'yearly', options?: CallOptions): Promise<{ url: string }>;
	/** Returns the Stripe page to change or cancel the subscription. */
	portal(options?: CallOptions): Promise<{ url: string }>;
}

export function createBilling({ api, body }: Transport): BillingCalls {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	return {
		get: async (options) => (await body(api.GET('/v1/billing', requestOptions(options)))).data,
		checkout: async (cycle, options) =>
			(await body(api.POST('/v1/billing/checkout', { body: { cycle }, ...requestOptions(options) }))).data,
		portal: async (options) => (await body(api.POST('/v1/billing/portal', requestOptions(options)))).data,
	};
}
