import type { Billing } from '@creatorr/client';
import type { Contact } from '../api/contact.ts';

/** The plan's name, the state of its subscription, and whether the user has to act. */
interface SubscriptionText {
	plan: string;
	text: string;
	isUrgent: boolean;
}

const PAID = { monthly: ', billed monthly', yearly: ', billed yearly' } as const;

/** @param formatDate in the user's locale */
export function describeSubscription(
	{ plan, status, cycle, current_period_end: end, cancel_at_period_end: isEnding }: Billing,
	formatDate: (iso: string) => string,
	contact?: Contact,
): SubscriptionText {
	const name = plan === 'pro' ? `Pro${cycle ? PAID[cycle] : ''}` : 'Free';
	const on = end ? ` on ${formatDate(end)}` : '';
	const result = (text: string, isUrgent = false) => ({ plan: name, text, isUrgent });
	switch (status) {
		case 'active':
		case 'trialing':
			if (isEnding) return result(`Ends${on}. After that, you’re on Free.`);
			return result(status === 'trialing' ? `Your trial ends${on}. Billing starts then.` : `Renews${on}.`);
		case 'past_due':
		case 'unpaid':
			return result(
				plan === 'pro'
					? 'Your last payment failed. Update your card within a few days to stay on Pro.'
					: 'Your last payment failed, so you’re on Free. Update your card to return to Pro.',
				true,
			);
		case 'incomplete':
			return result('Your payment didn’t go through, and you weren’t charged. You can try again.');
		case 'canceled':
		case 'incomplete_expired':
			return result('Your subscription has ended.');
		case 'paused':
			return result(`Your subscription is paused.${contact ? ` Contact ${contact.text} to resume it.` : ''}`);
		default:
			return result(plan === 'pro' ? 'You have Pro at no charge.' : 'Free forever.');
	}
}

/** Whether there is an open subscription, which rules out a second checkout. */
export function hasOpenSubscription({ status }: Billing): boolean {
	return !['none', 'canceled', 'incomplete', 'incomplete_expired'].includes(status);
}
