import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { Notice } from '../ui/notice.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { fetchHealth, type PartState } from './health.ts';
import styles from './status-page.module.css';

const REFRESH_MS = 15_000;

/** Shows whether each part of the service is up. */
export function StatusPage() {
	usePageTitle('Status');
	const { data, error, refetch } = useQuery({
		queryKey: ['health'],
		queryFn: ({ signal }) => fetchHealth(signal),
		refetchInterval: REFRESH_MS,
		retry: false,
	});
	return (
		<div className={styles.page}>
			<h1>Status</h1>
			{!data && !error && <Spinner label="Checking" />}
			{error && <ProblemNotice what="Couldn’t check the status" error={error} onRetry={refetch} />}
			{data && !error && <Health parts={data} />}
		</div>
	);
}

function Health({ parts }: { parts: readonly PartState[] }) {
	const isUp = parts.every((part) => part.isUp);
	return (
		<>
			<Notice
				kind={isUp ? 'good' : 'warn'}
				title={isUp ? 'Everything is working' : 'Some parts aren’t working'}
			>
				{isUp
					? 'This page updates automatically.'
					: 'The parts marked below may fail. Try again in a few minutes.'}
			</Notice>
			<ul className={styles.parts}>
				{parts.map(({ name, isUp: isPartUp }) => (
					<li key={name} data-problem={!isPartUp || undefined}>
						{isPartUp ? (
							<CircleCheck size={20} aria-hidden="true" />
						) : (
							<CircleAlert size={20} aria-hidden="true" />
						)}
						<span>{name}</span>
						<span>{isPartUp ? 'Working' : 'Not working'}</span>
					</li>
				))}
			</ul>
		</>
	);
}
