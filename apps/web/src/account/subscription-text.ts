import type { Billing } from '@creatorr/client';

/** The plan's name, the state of its subscription, and whether the user has to act. */
interface SubscriptionText {
	plan: string;
	text: string;
	isUrgent: boolean;
}

const PAID = { monthly: ', paid monthly', yearly: ', paid yearly' } as const;

/** @param formatDate in the user's locale */
export function describeSubscription(
	{ plan, status, cycle, current_period_end: end, cancel_at_period_end: isEnding }: Billing,
	formatDate: (iso: string) => string,
): SubscriptionText {
	const name = plan === 'pro' ? `Pro${cycle ? PAID[cycle] : ''}` : 'Free';
	const on = end ? ` on ${formatDate(end)}` : '';
	const result = (text: string, isUrgent = false) => ({ plan: name, text, isUrgent });
	switch (status) {
		case 'active':
		case 'trialing':
			if (isEnding) return result(`It ends${on}, and you are on Free from then on.`);
			return result(status === 'trialing' ? `Your trial ends${on}; then it is paid.` : `It renews${on}.`);
		case 'past_due':
		case 'unpaid':
			return result(
				plan === 'pro'
					? 'The last payment failed. Pay it within a few days to stay on Pro.'
					: 'The last payment failed, so you are on Free. Pay it to be on Pro again.',
				true,
			);
		case 'incomplete':
			return result('Your payment did not go through. Start again whenever you like.');
		case 'canceled':
		case 'incomplete_expired':
			return result('Your subscription has ended.');
		case 'paused':
			return result('Your subscription is paused.');
		default:
			return result('It costs nothing.');
	}
}

/** Whether there is an open subscription, which rules out a second checkout. */
export function hasOpenSubscription({ status }: Billing): boolean {
	return !['none', 'canceled', 'incomplete', 'incomplete_expired'].includes(status);
}
