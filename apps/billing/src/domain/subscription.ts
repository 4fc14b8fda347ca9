import type { BillingCycle } from '@creatorr/contracts/billing';

/** A subscription as Stripe says it. */
export interface Subscription {
	id: string;
	/** Stripe's own word, which may be one that is newer than this code. */
	status: string;
	/** Null for a price that is none of ours. */
	cycle: BillingCycle | null;
	createdAt: Date;
	currentPeriodStart: Date;
	currentPeriodEnd: Date;
	cancelAtPeriodEnd: boolean;
}
