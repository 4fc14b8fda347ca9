import type { Job, JobQuery, Page } from '@creatorr/client';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import { hasCode } from './failure-message.ts';
import { refreshFiles } from './file-queries.ts';
import { queryClient, refetchNow, updateCached, userQueryKey } from './query-client.ts';

const PAGE_SIZE = 20;
const POLL_INTERVAL_MS = 2_000;
/** Active jobs are mostly among the newest. */
const POLLED_JOBS = 50;

export type JobFilter = Pick<JobQuery, 'status' | 'tool'>;
type Jobs = InfiniteData<Page<Job>, string>;

export function hasEnded({ status }: Job): boolean {
	return status !== 'queued' && status !== 'running';
}

export function useJobs(userId: string, filter: JobFilter) {
	return useInfiniteQuery({
		queryKey: userQueryKey(userId, 'jobs', filter),
		queryFn: ({ pageParam, signal }) =>
			api.jobs.list({ ...filter, limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) }, { signal }),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
	});
}

function mapPages(lists: Jobs, change: (jobs: Job[]) => Job[]): Jobs {
	return { ...lists, pages: lists.pages.map((page) => ({ ...page, data: change(page.data) })) };
}

/** Replaces these jobs in the cached lists. */
export function updateCachedJobs(userId: string, jobs: readonly Job[]): void {
	const byId = new Map(jobs.map((job) => [job.id, job]));
	queryClient.setQueriesData<Jobs>(
		{ queryKey: userQueryKey(userId, 'jobs') },
		(lists) => lists && mapPages(lists, (shown) => shown.map((job) => byId.get(job.id) ?? job)),
	);
	if (!jobs.some(hasEnded)) return;
	refreshFiles(userId);
	// lists that are filtered by status have changed
	void queryClient.invalidateQueries({
		predicate: ({ queryKey: [kind, user, list, filter] }) =>
			kind === 'user' && user === userId && list === 'jobs' && (filter as JobFilter).status !== undefined,
	});
}

/** Removes a deleted job from the cached lists. */
export function removeCachedJob(userId: string, id: string): Promise<void> {
	return updateCached<Jobs>(userQueryKey(userId, 'jobs'), (lists) =>
		mapPages(lists, (shown) => shown.filter((job) => job.id !== id)),
	);
}

/** Refetches the jobs after one was created or deleted. */
export async function refreshJobs(userId: string): Promise<void> {
	await refetchNow(userQueryKey(userId, 'jobs'));
}

async function poll(userId: string, ids: readonly string[], signal: AbortSignal): Promise<null> {
	const { data: newest } = await api.jobs.list({ limit: POLLED_JOBS }, { signal });
	const found = newest.filter(({ id }) => ids.includes(id));
	const others = ids.filter((id) => !found.some((job) => job.id === id));
	const requested = await Promise.all(
		others.map((id) =>
			api.jobs.get(id, { signal }).catch((error) => {
				if (!hasCode(error, 'not_found')) throw error;
				void removeCachedJob(userId, id);
				return null;
			}),
		),
	);
	updateCachedJobs(userId, [...found, ...requested.filter((job) => job !== null)]);
	return null;
}

/** Polls the active ones of these jobs until they have ended. */
export function useLiveJobs(userId: string, jobs: readonly Job[]): void {
	const ids = jobs.filter((job) => !hasEnded(job)).map(({ id }) => id);
	useQuery({
		queryKey: userQueryKey(userId, 'live-jobs', ids),
		queryFn: ({ signal }) => poll(userId, ids, signal),
		enabled: ids.length > 0,
		refetchInterval: POLL_INTERVAL_MS,
		gcTime: 0,
	});
}
