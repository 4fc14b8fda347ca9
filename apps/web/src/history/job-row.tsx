import type { JobStatus, User } from '@creatorr/client';
import { Ban, Check, Clock, LoaderCircle, type LucideIcon, TriangleAlert } from 'lucide-react';
import { hasEnded } from '../api/job-queries.ts';
import { formatDateTime, formatDuration } from '../ui/format.ts';
import { VisuallyHidden } from '../ui/visually-hidden.tsx';
import { STATUSES } from './history-filter.ts';
import type { HistoryRow } from './history-rows.ts';
import { JobActions } from './job-actions.tsx';
import { JobOutcome } from './job-outcome.tsx';
import styles from './job-row.module.css';

export function JobRow({ user, row }: { user: User; row: HistoryRow }) {
	const { job, tool, fileName, name, input, output } = row;
	const toolName = tool?.title ?? job.tool;
	const isInputGone = input.kind === 'gone';
	const took = job.result?.duration_ms;
	const facts = [
		fileName && toolName,
		formatDateTime(job.created_at),
		took !== undefined && `took ${took < 1_000 ? 'less than a second' : formatDuration(took)}`,
	];
	return (
		<article className={styles.row} aria-label={fileName ? `${toolName}: ${fileName}` : toolName}>
			<StatusMark status={job.status} />
			<div className={styles.words}>
				<h2 className={styles.name}>{name}</h2>
				<p className={styles.facts}>{facts.filter(Boolean).join(' · ')}</p>
				<JobOutcome job={job} tool={tool} isInputGone={isInputGone} output={output} />
			</div>
			<JobActions
				user={user}
				job={job}
				tool={tool}
				name={name}
				isInputGone={isInputGone}
				isOutputGone={hasEnded(job) && output?.kind === 'gone'}
			/>
		</article>
	);
}

const ICONS: Record<JobStatus, LucideIcon> = {
	queued: Clock,
	running: LoaderCircle,
	succeeded: Check,
	failed: TriangleAlert,
	canceled: Ban,
};

/** The status of a job as an icon. */
function StatusMark({ status }: { status: JobStatus }) {
	const Icon = ICONS[status];
	const name = STATUSES.find(([value]) => value === status)?.[1];
	return (
		<span className={`${styles.mark} ${styles[status] ?? ''}`}>
			<Icon size={18} aria-hidden="true" />
			<VisuallyHidden>{name}</VisuallyHidden>
		</span>
	);
}
