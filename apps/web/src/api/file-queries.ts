import type { FileRow, Page } from '@creatorr/client';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from './client.ts';
import { cachedFile, cacheFileNames } from './file-name-cache.ts';
import { refetchNow, updateCached, userQueryKey } from './query-client.ts';

const PAGE_SIZE = 100;
/** With more files, the oldest ones are missing from the index, and their jobs show no file state. */
const MAX_PAGES = 10;

export type FileState =
	| { kind: 'kept'; file: FileRow }
	/** Deleted or expired. Name and expiry are known if this browser saw the file before. */
	| { kind: 'gone'; name?: string; expiresAt?: string }
	| { kind: 'unknown'; name?: string };

type Files = InfiniteData<Page<FileRow>, string>;

interface FileIndex {
	byId: ReadonlyMap<string, FileRow>;
	/** Whether the index has all files, so that a missing file is gone. */
	isComplete: boolean;
	/** In ms since the epoch, by this device's clock. */
	requestedAt: number;
}

/** When each id was first seen, by the same clock: an index requested earlier may be older than the file. */
const firstSeenAt = new Map<string, number>();

async function loadIndex(userId: string, signal: AbortSignal): Promise<FileIndex> {
	const byId = new Map<string, FileRow>();
	const requestedAt = Date.now();
	let cursor: string | undefined;
	for (let page = 0; page < MAX_PAGES; page += 1) {
		const { data, next_cursor } = await api.files.list(
			{ limit: PAGE_SIZE, ...(cursor && { cursor }) },
			{ signal },
		);
		for (const file of data) byId.set(file.id, file);
		cacheFileNames(userId, data);
		if (next_cursor === null) return { byId, isComplete: true, requestedAt };
		cursor = next_cursor;
	}
	return { byId, isComplete: false, requestedAt };
}

/** Returns the state of many files from one list of all files. */
export function useFileStates(
	userId: string,
	ids: readonly string[],
): { stateOf: (id: string) => FileState; isPending: boolean } {
	const { data, isPending, failureCount } = useQuery({
		queryKey: userQueryKey(userId, 'file-index'),
		queryFn: ({ signal }) => loadIndex(userId, signal),
		staleTime: 30_000,
	});
	for (const id of ids) if (!firstSeenAt.has(id)) firstSeenAt.set(id, Date.now());
	const mayBeNewer = (id: string, index: FileIndex) =>
		(firstSeenAt.get(id) ?? Date.now()) > index.requestedAt;
	const uncertain = data?.isComplete ? ids.filter((id) => !data.byId.has(id) && mayBeNewer(id, data)) : [];
	const refetchSince = Math.max(0, ...uncertain.map((id) => firstSeenAt.get(id) ?? 0));
	useEffect(() => {
		if (refetchSince > 0) void refetchNow(userQueryKey(userId, 'file-index'));
	}, [userId, refetchSince]);
	function stateOf(id: string): FileState {
		const file = data?.byId.get(id);
		if (file) return { kind: 'kept', file };
		const cached = cachedFile(userId, id);
		if (!data?.isComplete || mayBeNewer(id, data)) return { kind: 'unknown', ...cached };
		return { kind: 'gone', ...cached };
	}
	// doesn't wait for the retries of a failed first request
	return { stateOf, isPending: isPending && failureCount === 0 };
}

/** Refetches the files after one was created or deleted. */
export function refreshFiles(userId: string): void {
	void refetchNow(userQueryKey(userId, 'file-index'));
	void refetchNow(userQueryKey(userId, 'files'));
}

/** Fetches the list of files page by page. */
export function useFiles(userId: string) {
	return useInfiniteQuery({
		queryKey: userQueryKey(userId, 'files'),
		queryFn: ({ pageParam, signal }) =>
			api.files.list({ limit: 20, ...(pageParam && { cursor: pageParam }) }, { signal }),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
	});
}

/** Removes a deleted file from the cached list. */
export async function removeCachedFile(userId: string, id: string): Promise<void> {
	await updateCached<Files>(userQueryKey(userId, 'files'), (list) => ({
		...list,
		pages: list.pages.map((page) => ({ ...page, data: page.data.filter((file) => file.id !== id) })),
	}));
	void refetchNow(userQueryKey(userId, 'file-index'));
}
