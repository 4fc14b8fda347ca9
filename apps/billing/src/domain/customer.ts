import type { Plan } from '@creatorr/contracts/plans';

export interface Customer {
	userId: string;
	stripeCustomerId: string | null;
	plan: Plan;
	planVersion: number;
	checkoutUntil: Date | null;
	deletedAt: Date | null;
}
