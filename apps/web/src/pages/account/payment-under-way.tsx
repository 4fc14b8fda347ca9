import { useState } from 'react';
import { useCountdown } from '../../forms/use-countdown.ts';
import { Notice } from '../../ui/notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Dismiss } from './dismiss.tsx';

/** Longer than Stripe needs when all is well. */
const USUAL_MS = 30_000;

/** Stripe sent the person back, and has not told us of the payment yet. */
export function PaymentUnderWay({ onDismiss }: { onDismiss: () => void }) {
	const [usualEnd] = useState(() => Date.now() + USUAL_MS);
	if (useCountdown(usualEnd) > 0) return <Spinner label="You have paid. Waiting for Stripe to tell us…" />;
	return (
		<Notice kind="warn" title="This takes longer than usual" action={<Dismiss onClick={onDismiss} />}>
			You need not wait here, or pay again: you are on Pro as soon as Stripe tells us.
		</Notice>
	);
}
