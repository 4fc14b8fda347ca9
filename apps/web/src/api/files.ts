import type { FileRow, Page } from '@creatorr/client';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from './client.ts';
import { askAnew, changeLoaded, keyOf } from './query-client.ts';
import { rememberedFile, rememberFiles } from './remembered-files.ts';

const PAGE = 100;
/** Whoever has more files is shown the older jobs without what is known of their files. */
const MAX_PAGES = 10;

/** What is known of a job's file. */
export type FileState =
	| { kind: 'kept'; file: FileRow }
	/** Deleted, or expired; with its name and its time where this browser saw it before. */
	| { kind: 'gone'; name?: string; expiresAt?: string }
	| { kind: 'unknown'; name?: string };

type Files = InfiniteData<Page<FileRow>, string>;

interface FileIndex {
	byId: ReadonlyMap<string, FileRow>;
	/** Whether what is not there is gone. */
	isWhole: boolean;
	/** In ms, by this device's clock. */
	askedAt: number;
}

/** When a page first named each id, by the same clock: an index that was asked for before may be older than the file. */
const namedAt = new Map<string, number>();

async function loadIndex(userId: string, signal: AbortSignal): Promise<FileIndex> {
	const byId = new Map<string, FileRow>();
	const askedAt = Date.now();
	let cursor: string | undefined;
	for (let page = 0; page < MAX_PAGES; page += 1) {
		const { data, next_cursor } = await api.files.list(
			{ limit: PAGE, ...(cursor && { cursor }) },
			{ signal },
		);
		for (const file of data) byId.set(file.id, file);
		rememberFiles(userId, data);
		if (next_cursor === null) return { byId, isWhole: true, askedAt };
		cursor = next_cursor;
	}
	return { byId, isWhole: false, askedAt };
}

/** What became of each of these files, of many jobs at once: by the list of all that are there. */
export function useFileStates(
	userId: string,
	ids: readonly string[],
): { stateOf: (id: string) => FileState; isPending: boolean } {
	const { data, isPending, failureCount } = useQuery({
		queryKey: keyOf(userId, 'file-index'),
		queryFn: ({ signal }) => loadIndex(userId, signal),
		staleTime: 30_000,
	});
	for (const id of ids) if (!namedAt.has(id)) namedAt.set(id, Date.now());
	const mayBeNewer = (id: string, index: FileIndex) => (namedAt.get(id) ?? Date.now()) > index.askedAt;
	const unsure = data?.isWhole ? ids.filter((id) => !data.byId.has(id) && mayBeNewer(id, data)) : [];
	const askSince = Math.max(0, ...unsure.map((id) => namedAt.get(id) ?? 0));
	useEffect(() => {
		if (askSince > 0) void askAnew(keyOf(userId, 'file-index'));
	}, [userId, askSince]);
	function stateOf(id: string): FileState {
		const file = data?.byId.get(id);
		if (file) return { kind: 'kept', file };
		const seen = rememberedFile(userId, id);
		if (!data?.isWhole || mayBeNewer(id, data)) return { kind: 'unknown', ...seen };
		return { kind: 'gone', ...seen };
	}
	// what does not come at once is not waited for
	return { stateOf, isPending: isPending && failureCount === 0 };
}

/** Files came or went. */
export function refreshFiles(userId: string): void {
	void askAnew(keyOf(userId, 'file-index'));
	void askAnew(keyOf(userId, 'files'));
}

/** The list of files, a page at a time. */
export function useFiles(userId: string) {
	return useInfiniteQuery({
		queryKey: keyOf(userId, 'files'),
		queryFn: ({ pageParam, signal }) =>
			api.files.list({ limit: 20, ...(pageParam && { cursor: pageParam }) }, { signal }),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
	});
}

/** Takes a file that is gone out of the list. */
export async function dropFile(userId: string, id: string): Promise<void> {
	await changeLoaded<Files>(keyOf(userId, 'files'), (list) => ({
		...list,
		pages: list.pages.map((page) => ({ ...page, data: page.data.filter((file) => file.id !== id) })),
	}));
	void askAnew(keyOf(userId, 'file-index'));
}
