import type { User } from '@creatorr/client';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { refreshUser, useBilling } from '../../api/account.ts';
import { Notice } from '../../ui/notice.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Section } from '../../ui/section.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Dismiss } from './dismiss.tsx';
import { PaymentUnderWay } from './payment-under-way.tsx';
import { PlanOffer } from './plan-offer.tsx';
import { SubscriptionView } from './subscription-view.tsx';

/** Stripe says so itself, a moment after it sent the person back. */
const ASK_SOON_MS = 1_500;
/** After a visit to the portal, say. */
const ASK_NOW_AND_THEN_MS = 10_000;

/** The plan, what it costs to change it, and the way back from Stripe's pages: `?checkout=done` or `canceled`. */
export function PlanSection({ user }: { user: User }) {
	const [query, setQuery] = useSearchParams();
	const checkout = query.get('checkout');
	const isWaiting = checkout === 'done' && user.plan !== 'pro';
	const {
		data: billing,
		dataUpdatedAt,
		error,
		refetch,
	} = useBilling(user.id, isWaiting ? ASK_SOON_MS : ASK_NOW_AND_THEN_MS);
	const plan = billing?.plan;
	// with each answer: the user's plan follows a moment after the subscription's
	useEffect(() => {
		if (dataUpdatedAt > 0 && plan !== user.plan) void refreshUser();
	}, [plan, user.plan, dataUpdatedAt]);
	const forget = () => setQuery({}, { replace: true });
	return (
		<Section title="Plan">
			{isWaiting && <PaymentUnderWay onDismiss={forget} />}
			{checkout === 'done' && !isWaiting && (
				<Notice kind="good" title="You are on Pro now" action={<Dismiss onClick={forget} />}>
					Your files are kept longer from now on, those that you have too.
				</Notice>
			)}
			{checkout === 'canceled' && (
				<Notice title="Nothing was paid" action={<Dismiss onClick={forget} />}>
					You left the checkout, and stay on the plan that you had.
				</Notice>
			)}
			{error && !billing && (
				<ProblemNotice what="Your plan can’t be loaded" error={error} onRetry={refetch} />
			)}
			{!billing && !error && <Spinner label="Loading your plan" />}
			{billing && <SubscriptionView billing={billing} />}
			{billing && !isWaiting && <PlanOffer billing={billing} />}
		</Section>
	);
}
