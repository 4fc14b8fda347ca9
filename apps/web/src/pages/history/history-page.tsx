import type { Job, User } from '@creatorr/client';
import { useSearchParams } from 'react-router';
import { useFileStates } from '../../api/files.ts';
import { useJobs, useLiveJobs } from '../../api/jobs.ts';
import { useStaying } from '../../api/removals.ts';
import { useTools } from '../../api/tools.ts';
import { requireUser } from '../../shell/require-user.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { useFocusAfterRemoval } from '../../ui/use-focus-after-removal.ts';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import { Empty } from './empty.tsx';
import { filterOf } from './history-filter.ts';
import { HistoryFilters } from './history-filters.tsx';
import { HistoryFrame } from './history-frame.tsx';
import { historyRow } from './history-rows.ts';
import { JobRow } from './job-row.tsx';
import styles from './rows.module.css';
import { useJobNews } from './use-job-news.ts';

function fileIdsOf({ input_file_id: input, output_file_id: output }: Job): string[] {
	return output === undefined ? [input] : [input, output];
}

/** The jobs, the newest first; those that run are watched. */
function History({ user }: { user: User }) {
	usePageTitle('History');
	const [query, setQuery] = useSearchParams();
	const filter = filterOf(query);
	const list = useJobs(user.id, filter);
	const { data: tools } = useTools();
	const jobs = useStaying(user.id, 'job', list.data?.pages.flatMap(({ data }) => data) ?? []);
	const files = useFileStates(user.id, jobs.flatMap(fileIdsOf));
	useLiveJobs(user.id, jobs);
	useFocusAfterRemoval(jobs.length);
	const rows = jobs.map((job) => historyRow(job, tools, files.stateOf));
	const news = useJobNews(rows);
	const isPending = list.isPending || (jobs.length > 0 && files.isPending);
	const isFiltered = Object.keys(filter).length > 0;
	return (
		<HistoryFrame title="History" intro="What became of your files, the newest first.">
			<VisuallyHidden>
				<span role="status">{news}</span>
			</VisuallyHidden>
			<HistoryFilters />
			{isPending && <Spinner label="Loading your history" />}
			{list.error && (
				<ProblemNotice what="Your history can’t be loaded" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && jobs.length === 0 && !isFiltered && (
				<Empty
					title="Nothing here yet"
					text="Drop a file onto a tool. What becomes of it shows up here, on all your devices."
					action={
						<ButtonLink look="primary" to="/">
							Pick a tool
						</ButtonLink>
					}
				/>
			)}
			{list.data && jobs.length === 0 && isFiltered && (
				<Empty
					title="No job is like that"
					text="Another tool or status may have what you look for."
					action={<Button onClick={() => setQuery({}, { replace: true })}>Show all</Button>}
				/>
			)}
			{jobs.length > 0 && !isPending && (
				<ul className={styles.rows} aria-label="Jobs">
					{rows.map((row) => (
						<li key={row.job.id}>
							<JobRow user={user} row={row} />
						</li>
					))}
				</ul>
			)}
			<MoreButton list={list} />
		</HistoryFrame>
	);
}

export const HistoryPage = requireUser(History);
