import type { BillingCycle } from '@creatorr/contracts/billing';
import type { Plan } from '@creatorr/contracts/plans';

/** A user in billing. */
export interface Customer {
	userId: string;
	stripeCustomerId: string | null;
	/** When billing first requested the customer from Stripe. Without an id, the request may still have succeeded. */
	customerRequestedAt: Date | null;
	/** How many customers of this user Stripe has deleted. The next one needs another idempotency key. */
	stripeCustomersDeleted: number;
	plan: Plan;
	/** End of a Pro grant by an operator, whatever Stripe says. */
	proGrantedUntil: Date | null;
	planVersion: number;
	checkoutUntil: Date | null;
	deletedAt: Date | null;
}

/** A subscription as Stripe describes it. */
export interface Subscription {
	id: string;
	/** Status in Stripe, which may be newer than this code. */
	status: string;
	/** Null for another interval. */
	cycle: BillingCycle | null;
	createdAt: Date;
	currentPeriodStart: Date;
	currentPeriodEnd: Date;
	cancelAtPeriodEnd: boolean;
	/** While it is past due: when the first unpaid invoice after the last paid one was created. */
	unpaidSince: Date | null;
}
