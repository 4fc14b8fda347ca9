import type { User } from '@creatorr/client';
import { isOver } from '../../api/jobs.ts';
import { formatDateTime, formatDuration } from '../../ui/format.ts';
import type { HistoryRow } from './history-rows.ts';
import { JobActions } from './job-actions.tsx';
import { JobOutcome } from './job-outcome.tsx';
import styles from './job-row.module.css';
import { StatusMark } from './status-mark.tsx';

/** One job: of which file, what came of it, and what can be done. */
export function JobRow({ user, row }: { user: User; row: HistoryRow }) {
	const { job, tool, fileName, name, input, output } = row;
	const toolName = tool?.title ?? job.tool;
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
				<JobOutcome job={job} tool={tool} output={output} />
			</div>
			<JobActions
				user={user}
				job={job}
				tool={tool}
				name={name}
				isInputGone={input.kind === 'gone'}
				isOutputGone={isOver(job) && output?.kind === 'gone'}
			/>
		</article>
	);
}
