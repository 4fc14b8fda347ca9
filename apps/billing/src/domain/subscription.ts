import type { BillingCycle } from '@creatorr/contracts/billing';

/** A subscription as Stripe says it. */
export interface Subscription {
	id: string;
	/** Stripe's own word, which may be one that is newer than this code. */
	status: string;
	/** Null for another interval. */
	cycle: BillingCycle | null;
	createdAt: Date;
	currentPeriodStart: Date;
	currentPeriodEnd: Date;
	cancelAtPeriodEnd: boolean;
	/** The oldest of the invoices in a row that are not paid, while it is past due. */
	unpaidSince: Date | null;
}
