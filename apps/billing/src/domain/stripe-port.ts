import type { BillingCycle } from '@creatorr/contracts/billing';
import type { Subscription } from './subscription.ts';

export interface OpenCheckout {
	id: string;
	cycle: BillingCycle | null;
	url: string;
	expiresAt: Date;
}

/** What this service asks of Stripe. All throw `upstream_unavailable` when Stripe does not answer. */
export interface StripePort {
	/** Makes the customer of a user; the same one whenever it is asked for the same user. */
	createCustomer(user: { id: string; email: string; name: string | null }): Promise<string>;
	/** All of a customer's, those that are over too; none for a customer that was deleted. */
	listSubscriptions(customerId: string): Promise<Subscription[]>;
	listOpenCheckouts(customerId: string): Promise<OpenCheckout[]>;
	createCheckout(input: { customerId: string; userId: string; cycle: BillingCycle }): Promise<OpenCheckout>;
	/** No effect on one that is no longer open. */
	expireCheckout(checkoutId: string): Promise<void>;
	/** Resolves to the address of the portal's page. */
	createPortal(customerId: string): Promise<string>;
	/** Ends the customer's subscriptions at once and erases what Stripe knows of the person; no effect on one that is gone. */
	deleteCustomer(customerId: string): Promise<void>;
}
