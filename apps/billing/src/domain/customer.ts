import type { Plan } from '@creatorr/contracts/plans';

export interface Customer {
	userId: string;
	stripeCustomerId: string | null;
	/** Since when Stripe is asked for a customer; without an id the request may have been carried out all the same. */
	customerAskedAt: Date | null;
	/** Customers of this user that Stripe no longer knows. */
	customersGone: number;
	plan: Plan;
	/** An operator has put the user on pro until then, whatever Stripe says. */
	proGrantedUntil: Date | null;
	planVersion: number;
	checkoutUntil: Date | null;
	deletedAt: Date | null;
}
