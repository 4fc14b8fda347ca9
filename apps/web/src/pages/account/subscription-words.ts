import type { Billing } from '@creatorr/client';

/** What the plan is called, what is to know of its subscription, and whether something is to be done about it. */
export interface SubscriptionWords {
	plan: string;
	text: string;
	isUrgent: boolean;
}

const PAID = { monthly: ', paid monthly', yearly: ', paid yearly' } as const;

/** @param formatDate as the person's language writes a date */
export function describeSubscription(
	{ plan, status, cycle, current_period_end: end, cancel_at_period_end: isEnding }: Billing,
	formatDate: (iso: string) => string,
): SubscriptionWords {
	const name = plan === 'pro' ? `Pro${cycle ? PAID[cycle] : ''}` : 'Free';
	const on = end ? ` on ${formatDate(end)}` : '';
	const words = (text: string, isUrgent = false) => ({ plan: name, text, isUrgent });
	switch (status) {
		case 'active':
		case 'trialing':
			if (isEnding) return words(`It ends${on}, and you are on Free from then on.`);
			return words(status === 'trialing' ? `Your trial ends${on}; then it is paid.` : `It renews${on}.`);
		case 'past_due':
		case 'unpaid':
			return words(
				plan === 'pro'
					? 'The last payment failed. Pay it within a few days to stay on Pro.'
					: 'The last payment failed, so you are on Free. Pay it to be on Pro again.',
				true,
			);
		case 'incomplete':
			return words('Your payment did not go through. Start again whenever you like.');
		case 'canceled':
		case 'incomplete_expired':
			return words('Your subscription has ended.');
		case 'paused':
			return words('Your subscription is paused.');
		default:
			return words('It costs nothing.');
	}
}

/** Whether there is a subscription to manage; another one can't be bought beside it. */
export function isOngoing({ status }: Billing): boolean {
	return !['none', 'canceled', 'incomplete', 'incomplete_expired'].includes(status);
}
