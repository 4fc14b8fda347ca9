import type { BillingCycle } from '@creatorr/contracts/billing';
import type { Subscription } from './subscription.ts';

export interface OpenCheckout {
	id: string;
	/** Null where it sells for another price than it would now. */
	cycle: BillingCycle | null;
	url: string;
	expiresAt: Date;
}

/** What this service asks of Stripe. All throw `upstream_unavailable` when Stripe does not answer. */
export interface StripePort {
	/**
	 * Makes the customer of a user, and for a day the same one whenever it is asked for the same number of others that are gone.
	 * It says nothing of the person yet.
	 */
	createCustomer(user: { id: string; customersGone: number }): Promise<string>;
	/** The customer that was made for a user a while ago; null where there is none. */
	findCustomer(userId: string): Promise<string | null>;
	/** Says who it is; false for a customer that is gone. */
	describeCustomer(customerId: string, person: { email: string; name: string | null }): Promise<boolean>;
	/** All of a customer's, those that are over too; none for a customer that was deleted. */
	listSubscriptions(customerId: string): Promise<Subscription[]>;
	/** Ends it at once; no effect on one that is over. */
	cancelSubscription(subscriptionId: string): Promise<void>;
	listOpenCheckouts(customerId: string): Promise<OpenCheckout[]>;
	createCheckout(input: { customerId: string; userId: string; cycle: BillingCycle }): Promise<OpenCheckout>;
	/** No effect on one that is no longer open. */
	expireCheckout(checkoutId: string): Promise<void>;
	/** Resolves to the address of the portal's page; null for a customer that is gone. */
	createPortal(customerId: string): Promise<string | null>;
	/** Ends the customer's subscriptions at once and erases what Stripe knows of the person; no effect on one that is gone. */
	deleteCustomer(customerId: string): Promise<void>;
}
