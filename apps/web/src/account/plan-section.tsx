import type { Billing, User } from '@creatorr/client';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { refreshUser, useBilling } from '../api/account-queries.ts';
import { useContact } from '../api/contact.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { Button } from '../ui/button.tsx';
import { useCountdown } from '../ui/clock.ts';
import { formatDate } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { PlanOffer } from './plan-offer.tsx';
import styles from './plan-section.module.css';
import { Section } from './section.tsx';
import { describeSubscription } from './subscription-text.ts';

/** While a payment is pending: Stripe's webhook arrives a moment after the user is back. */
const FAST_POLL_MS = 1_500;
/** Otherwise: a visit to the billing portal may have changed the plan. */
const SLOW_POLL_MS = 10_000;

/** The plan and its subscription. Stripe's checkout returns here with `?checkout=done` or `?checkout=canceled`. */
export function PlanSection({ user }: { user: User }) {
	const [query, setQuery] = useSearchParams();
	const checkout = query.get('checkout');
	const isPending = checkout === 'done' && user.plan !== 'pro';
	const {
		data: billing,
		dataUpdatedAt,
		error,
		refetch,
	} = useBilling(user.id, isPending ? FAST_POLL_MS : SLOW_POLL_MS);
	const plan = billing?.plan;
	// with each response, because the user's plan changes a moment after the subscription
	useEffect(() => {
		if (dataUpdatedAt > 0 && plan !== user.plan) void refreshUser();
	}, [plan, user.plan, dataUpdatedAt]);
	const dismiss = () => setQuery({}, { replace: true });
	return (
		<Section title="Plan">
			{isPending && <PendingPayment onDismiss={dismiss} />}
			{checkout === 'done' && !isPending && (
				<Notice kind="good" title="You’re on Pro" action={<DismissButton onClick={dismiss} />}>
					All your files, existing ones included, are now kept longer.
				</Notice>
			)}
			{checkout === 'canceled' && (
				<Notice title="Checkout canceled" action={<DismissButton onClick={dismiss} />}>
					You weren’t charged, and your plan hasn’t changed.
				</Notice>
			)}
			{error && !billing && <ProblemNotice what="Couldn’t load your plan" error={error} onRetry={refetch} />}
			{!billing && !error && <Spinner label="Loading your plan" />}
			{billing && <SubscriptionView billing={billing} />}
			{billing && !isPending && <PlanOffer billing={billing} />}
		</Section>
	);
}

/** Longer than a webhook usually takes. */
const USUAL_DELAY_MS = 30_000;

/** The user has paid, and Stripe's webhook has not arrived yet. */
function PendingPayment({ onDismiss }: { onDismiss: () => void }) {
	const [expectedBy] = useState(() => Date.now() + USUAL_DELAY_MS);
	if (useCountdown(expectedBy) > 0) return <Spinner label="Payment received. Waiting for confirmation…" />;
	return (
		<Notice
			kind="warn"
			title="This is taking longer than usual"
			action={<DismissButton onClick={onDismiss} />}
		>
			You can leave this page. Don’t pay again: you’ll be on Pro as soon as Stripe confirms the payment.
		</Notice>
	);
}

function SubscriptionView({ billing }: { billing: Billing }) {
	const { plan, text, isUrgent } = describeSubscription(billing, formatDate, useContact());
	return (
		<>
			<p className={styles.plan}>
				<strong>{plan}</strong>
				{!isUrgent && <span>{text}</span>}
			</p>
			{isUrgent && <Notice kind="warn">{text}</Notice>}
		</>
	);
}

function DismissButton({ onClick }: { onClick: () => void }) {
	return (
		<Button variant="quiet" small onClick={onClick}>
			Got it
		</Button>
	);
}
