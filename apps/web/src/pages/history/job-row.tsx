import type { Job, Tool, User } from '@creatorr/client';
import type { FileState } from '../../api/files.ts';
import { isOver } from '../../api/jobs.ts';
import { formatDateTime, formatDuration } from '../../ui/format.ts';
import { JobActions } from './job-actions.tsx';
import { JobOutcome } from './job-outcome.tsx';
import styles from './job-row.module.css';
import { StatusMark } from './status-mark.tsx';

interface Props {
	user: User;
	job: Job;
	/** Not known while the catalogue loads, or when the tool is there no more. */
	tool: Tool | undefined;
	input: FileState;
	output: FileState | undefined;
}

function nameOf(state: FileState | undefined): string | undefined {
	return state?.kind === 'kept' ? state.file.name : state?.kind === 'gone' ? state.name : undefined;
}

/** One job: of which file, what came of it, and what can be done. */
export function JobRow({ user, job, tool, input, output }: Props) {
	const name = nameOf(input) ?? nameOf(output);
	const toolName = tool?.title ?? job.tool;
	const took = job.result?.duration_ms;
	const facts = [
		name && toolName,
		formatDateTime(job.created_at),
		took !== undefined && `took ${took < 1_000 ? 'less than a second' : formatDuration(took)}`,
	];
	return (
		<article className={styles.row} aria-label={`${toolName}${name ? `: ${name}` : ''}`}>
			<StatusMark status={job.status} />
			<div className={styles.words}>
				<h2 className={styles.name}>{name ?? toolName}</h2>
				<p className={styles.facts}>{facts.filter(Boolean).join(' · ')}</p>
				<JobOutcome job={job} tool={tool} output={output} />
			</div>
			<JobActions
				user={user}
				job={job}
				tool={tool}
				name={name ?? toolName}
				isInputGone={input.kind === 'gone'}
				isOutputGone={isOver(job) && output?.kind === 'gone'}
			/>
		</article>
	);
}
