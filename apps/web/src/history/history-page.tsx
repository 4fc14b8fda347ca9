import type { Job, User } from '@creatorr/client';
import { useSearchParams } from 'react-router';
import { useFileStates } from '../api/file-queries.ts';
import { useJobs, useLiveJobs } from '../api/job-queries.ts';
import { useWithoutRemoved } from '../api/optimistic-removal.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { useTools } from '../api/tools.ts';
import { requireUser } from '../sign-in/require-user.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useFocusAfterRemoval } from '../ui/focus.ts';
import { HistoryLayout } from '../ui/history-layout.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { RowList } from '../ui/row-list.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { VisuallyHidden } from '../ui/visually-hidden.tsx';
import { filterOf } from './history-filter.ts';
import { HistoryFilterForm } from './history-filter-form.tsx';
import { historyRow, useJobAnnouncement } from './history-rows.ts';
import { JobRow } from './job-row.tsx';

function fileIdsOf({ input_file_id: input, output_file_id: output }: Job): string[] {
	return output === undefined ? [input] : [input, output];
}

/** Lists the jobs, newest first, and polls the active ones. */
function History({ user }: { user: User }) {
	usePageTitle('History');
	const [query, setQuery] = useSearchParams();
	const filter = filterOf(query);
	const list = useJobs(user.id, filter);
	const { data: tools } = useTools();
	const jobs = useWithoutRemoved(user.id, 'job', list.data?.pages.flatMap(({ data }) => data) ?? []);
	const files = useFileStates(user.id, jobs.flatMap(fileIdsOf));
	useLiveJobs(user.id, jobs);
	useFocusAfterRemoval(jobs.length);
	const rows = jobs.map((job) => historyRow(job, tools, files.stateOf));
	const announcement = useJobAnnouncement(rows);
	const isPending = list.isPending || (jobs.length > 0 && files.isPending);
	const isFiltered = Object.keys(filter).length > 0;
	return (
		<HistoryLayout title="History" intro="Your recent jobs, newest first. Each file you process is one job.">
			<VisuallyHidden>
				<span role="status">{announcement}</span>
			</VisuallyHidden>
			<HistoryFilterForm />
			{isPending && <Spinner label="Loading your history" />}
			{list.error && (
				<ProblemNotice what="Couldn’t load your history" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && jobs.length === 0 && !isFiltered && (
				<EmptyState
					title="No jobs yet"
					text="Choose a tool and drop a file. Your jobs show up here, on all your devices."
					action={
						<ButtonLink variant="primary" to="/">
							Choose a tool
						</ButtonLink>
					}
				/>
			)}
			{list.data && jobs.length === 0 && isFiltered && (
				<EmptyState
					title="No matching jobs"
					text="Try another tool or status."
					action={<Button onClick={() => setQuery({}, { replace: true })}>Show all</Button>}
				/>
			)}
			{jobs.length > 0 && !isPending && (
				<RowList label="Jobs">
					{rows.map((row) => (
						<li key={row.job.id}>
							<JobRow user={user} row={row} />
						</li>
					))}
				</RowList>
			)}
			<MoreButton list={list} />
		</HistoryLayout>
	);
}

export const HistoryPage = requireUser(History);
