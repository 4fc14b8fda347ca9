import { ApiError, type Billing } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { refreshBilling } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { describeProblem, hasCode } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import styles from './plan-offer.module.css';
import { isOngoing } from './subscription-words.ts';

function words(error: Error): string {
	if (hasCode(error, 'already_subscribed')) return 'You have a subscription already.';
	if (hasCode(error, 'no_subscription')) return 'There is no subscription to manage.';
	return describeProblem(error);
}

/** Where the plan is changed: on pages of Stripe, which come back here. */
export function PlanOffer({ billing }: { billing: Billing }) {
	const { mutate, isPending, isSuccess, variables, error } = useMutation({
		mutationFn: async (page: 'monthly' | 'yearly' | 'portal') => {
			const { url } = await (page === 'portal' ? api.billing.portal() : api.billing.checkout(page));
			location.assign(url);
		},
		onError: (refusal) => {
			// bought or ended in another tab: what is shown here is old
			if (refusal instanceof ApiError && refusal.status === 409) void refreshBilling();
		},
	});
	const isLeaving = isPending || isSuccess;
	const go = (page: 'monthly' | 'yearly' | 'portal', words: string, look: 'primary' | 'plain') => (
		<Button look={look} aria-disabled={isLeaving} onClick={() => !isLeaving && mutate(page)}>
			{isLeaving && variables === page ? 'Opening Stripe…' : words}
		</Button>
	);
	return (
		<>
			{error && <Notice kind="bad">{words(error)}</Notice>}
			{isOngoing(billing) ? (
				<>
					<div>{go('portal', 'Manage subscription', 'plain')}</div>
					<p className={styles.small}>
						Change between monthly and yearly, your card, or cancel. You also find your invoices there.
					</p>
				</>
			) : (
				<>
					<p>
						With Pro, files are kept for longer and may be larger, more jobs run at once, and they go first.
					</p>
					<div className={styles.ways}>
						{go('monthly', 'Go Pro, monthly', 'primary')}
						{go('yearly', 'Go Pro, yearly', 'plain')}
					</div>
					<p className={styles.small}>You see the price before you pay, and can cancel at any time.</p>
				</>
			)}
		</>
	);
}
