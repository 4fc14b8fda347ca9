import type { User } from '@creatorr/client';
import { useUsage } from '../../api/account.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Section } from '../../ui/section.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { UsageMeter } from './usage-meter.tsx';
import styles from './usage-section.module.css';

/** How much of each limit of the plan is used. */
export function UsageSection({ user }: { user: User }) {
	const { data: usage, error, refetch } = useUsage(user);
	return (
		<Section title="Usage">
			{!usage && !error && <Spinner label="Counting" />}
			{error && !usage && <ProblemNotice what="Your usage can’t be loaded" error={error} onRetry={refetch} />}
			{usage && (
				<ul className={styles.limits}>
					{usage.limits.map((limit) => (
						<li key={limit.name}>
							<UsageMeter {...limit} />
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}
