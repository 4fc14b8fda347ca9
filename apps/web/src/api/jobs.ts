import type { Job, JobQuery, Page } from '@creatorr/client';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import { refreshFiles } from './files.ts';
import { hasCode } from './problem.ts';
import { askAnew, changeLoaded, keyOf, queryClient } from './query-client.ts';

const PAGE = 20;
const LOOK_MS = 2_000;
/** Those that run are mostly among the newest. */
const LOOK_AT = 50;

export type JobFilter = Pick<JobQuery, 'status' | 'tool'>;
type Jobs = InfiniteData<Page<Job>, string>;

export function isOver({ status }: Job): boolean {
	return status !== 'queued' && status !== 'running';
}

export function useJobs(userId: string, filter: JobFilter) {
	return useInfiniteQuery({
		queryKey: keyOf(userId, 'jobs', filter),
		queryFn: ({ pageParam, signal }) =>
			api.jobs.list({ ...filter, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
	});
}

function inEachPage(lists: Jobs, change: (jobs: Job[]) => Job[]): Jobs {
	return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: change(page.data) })) };
}

export function showJobs(userId: string, jobs: readonly Job[]): void {
	const byId = new Map(jobs.map((job) => [job.id, job]));
	queryClient.setQueriesData<Jobs>(
		{ queryKey: keyOf(userId, 'jobs') },
		(lists) => lists && inEachPage(lists, (shown) => shown.map((job) => byId.get(job.id) ?? job)),
	);
	if (!jobs.some(isOver)) return;
	refreshFiles(userId);
	// those that are filtered by what it was show it no more
	void queryClient.invalidateQueries({
		predicate: ({ queryKey: [kind, user, list, filter] }) =>
			kind === 'user' && user === userId && list === 'jobs' && (filter as JobFilter).status !== undefined,
	});
}

/** Takes a job that is gone out of the lists. */
export function dropJob(userId: string, id: string): Promise<void> {
	return changeLoaded<Jobs>(keyOf(userId, 'jobs'), (lists) =>
		inEachPage(lists, (shown) => shown.filter((job) => job.id !== id)),
	);
}

/** A job came or went that no list shows rightly. */
export async function refreshJobs(userId: string): Promise<void> {
	await askAnew(keyOf(userId, 'jobs'));
}

async function look(userId: string, ids: readonly string[], signal: AbortSignal): Promise<null> {
	const { data: newest } = await api.jobs.list({ limit: LOOK_AT }, { signal });
	const found = newest.filter(({ id }) => ids.includes(id));
	const others = ids.filter((id) => !found.some((job) => job.id === id));
	const asked = await Promise.all(
		others.map((id) =>
			api.jobs.get(id, { signal }).catch((error) => {
				if (!hasCode(error, 'not_found')) throw error;
				void dropJob(userId, id);
				return null;
			}),
		),
	);
	showJobs(userId, [...found, ...asked.filter((job) => job !== null)]);
	return null;
}

/** Keeps what is shown of these jobs true until they are over. */
export function useLiveJobs(userId: string, jobs: readonly Job[]): void {
	const ids = jobs.filter((job) => !isOver(job)).map(({ id }) => id);
	useQuery({
		queryKey: keyOf(userId, 'live-jobs', ids),
		queryFn: ({ signal }) => look(userId, ids, signal),
		enabled: ids.length > 0,
		refetchInterval: LOOK_MS,
		gcTime: 0,
	});
}
