import type { BillingCycle } from '@creatorr/contracts/billing';
import type { Plan } from '@creatorr/contracts/plans';

/** A user as billing knows them. */
export interface Customer {
	userId: string;
	stripeCustomerId: string | null;
	/** Since when Stripe is asked for a customer; without an id the request may have been carried out all the same. */
	customerAskedAt: Date | null;
	/** How many customers of this user Stripe no longer knows. */
	customersGone: number;
	plan: Plan;
	/** An operator has put the user on pro until then, whatever Stripe says. */
	proGrantedUntil: Date | null;
	planVersion: number;
	checkoutUntil: Date | null;
	deletedAt: Date | null;
}

/** A subscription as Stripe describes it. */
export interface Subscription {
	id: string;
	/** Stripe's own word, which may be newer than this code. */
	status: string;
	/** Null for another interval. */
	cycle: BillingCycle | null;
	createdAt: Date;
	currentPeriodStart: Date;
	currentPeriodEnd: Date;
	cancelAtPeriodEnd: boolean;
	/** When the oldest of the latest unpaid invoices was made, while it is past due. */
	unpaidSince: Date | null;
}
