import type { Billing } from '@creatorr/client';
import { formatDate } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import styles from './subscription-view.module.css';
import { describeSubscription } from './subscription-words.ts';

/** The plan by its name, and how it goes on. */
export function SubscriptionView({ billing }: { billing: Billing }) {
	const { plan, text, isUrgent } = describeSubscription(billing, formatDate);
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
