import { ApiError, type Billing, formatPrice } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { refreshBilling } from '../api/account-queries.ts';
import { api } from '../api/client.ts';
import { failureMessage, hasCode } from '../api/failure-message.ts';
import { usePlans } from '../api/plans.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import styles from './plan-offer.module.css';
import { hasOpenSubscription } from './subscription-text.ts';

function messageOf(error: Error): string {
	if (hasCode(error, 'already_subscribed')) return 'You already have a subscription.';
	if (hasCode(error, 'no_subscription')) return 'You don’t have a subscription to manage.';
	return failureMessage(error);
}

/** Links to Stripe's checkout or billing portal. */
export function PlanOffer({ billing }: { billing: Billing }) {
	const { mutate, isPending, isSuccess, variables, error } = useMutation({
		mutationFn: async (page: 'monthly' | 'yearly' | 'portal') => {
			const { url } = await (page === 'portal' ? api.billing.portal() : api.billing.checkout(page));
			location.assign(url);
		},
		onError: (failure) => {
			// the subscription changed in another tab
			if (failure instanceof ApiError && failure.status === 409) void refreshBilling();
		},
	});
	const plans = usePlans();
	const prices = plans.data?.find(({ name }) => name === 'pro')?.prices;
	const isLeaving = isPending || isSuccess;
	const go = (page: 'monthly' | 'yearly' | 'portal', label: string, variant: 'primary' | 'plain') => (
		<Button variant={variant} aria-disabled={isLeaving} onClick={() => !isLeaving && mutate(page)}>
			{isLeaving && variables === page ? 'Opening Stripe…' : label}
		</Button>
	);
	return (
		<>
			{error && <Notice kind="bad">{messageOf(error)}</Notice>}
			{hasOpenSubscription(billing) ? (
				<>
					<div>{go('portal', 'Manage subscription', 'plain')}</div>
					<p className={styles.small}>
						Switch between monthly and yearly, update your card, see invoices, or cancel.
					</p>
				</>
			) : (
				billing.plan === 'free' &&
				!plans.isPending && (
					<>
						<p>
							Pro keeps files longer, accepts larger ones, processes more of them at the same time, and
							processes your files before those of Free users.
						</p>
						<div className={styles.ways}>
							{go(
								'monthly',
								prices ? `Upgrade for ${formatPrice(prices.monthly)} a month` : 'Upgrade monthly',
								'primary',
							)}
							{go(
								'yearly',
								prices ? `Upgrade for ${formatPrice(prices.yearly)} a year` : 'Upgrade yearly',
								'plain',
							)}
						</div>
						<p className={styles.small}>
							You pay on the secure page of Stripe, our payment provider. Cancel anytime.{' '}
							<Link to="/pricing">Compare the plans</Link>
						</p>
					</>
				)
			)}
		</>
	);
}
