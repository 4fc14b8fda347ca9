import { formatBytes, type User } from '@creatorr/client';
import { useId } from 'react';
import { useUsage } from '../api/account-queries.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { formatDuration } from '../ui/format.ts';
import { Spinner } from '../ui/spinner.tsx';
import { Section } from './section.tsx';
import styles from './usage-section.module.css';

export function UsageSection({ user }: { user: User }) {
	const { data: usage, error, refetch } = useUsage(user);
	return (
		<Section title="Usage">
			{!usage && !error && <Spinner label="Loading your usage" />}
			{error && !usage && <ProblemNotice what="Couldn’t load your usage" error={error} onRetry={refetch} />}
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

const NAMES: Readonly<Record<string, string>> = {
	active_jobs: 'Files processed at the same time',
	queued_jobs: 'Files waiting to be processed',
	compute_seconds: 'Processing time today (how long tools worked on your files)',
	stored_bytes: 'Storage',
	stored_files: 'Number of files, including unfinished uploads',
};
const NEAR_LIMIT_SHARE = 0.9;

/** The usage of a limit. A limit that this page does not know is shown with its API name. */
function UsageMeter({ name, used, limit }: { name: string; used: number; limit: number }) {
	const id = useId();
	const format = formatterFor(name);
	const share = limit === 0 ? 1 : Math.min(1, used / limit);
	return (
		<div className={styles.meter}>
			<p className={styles.words}>
				<span id={id}>{NAMES[name] ?? name}</span>
				<span>
					{format(used)} of {format(limit)}
				</span>
			</p>
			<meter
				className={styles.bar}
				aria-labelledby={id}
				min={0}
				max={1}
				high={NEAR_LIMIT_SHARE}
				value={share}
				aria-valuetext={`${format(used)} of ${format(limit)}`}
			/>
		</div>
	);
}

/** Returns the formatter for a limit's unit, which is the end of its name. */
function formatterFor(name: string): (value: number) => string {
	if (name.endsWith('_bytes')) return formatBytes;
	if (name.endsWith('_seconds')) return (seconds) => formatDuration(1_000 * seconds);
	return (value) => value.toLocaleString();
}
