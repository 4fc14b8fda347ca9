import { type FileRow, formatBytes, type User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { hasCode, toastFailure } from '../api/failure-message.ts';
import { refreshFiles, removeCachedFile, useFiles } from '../api/file-queries.ts';
import { useRemoval, useWithoutRemoved } from '../api/optimistic-removal.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { saveFile } from '../api/save-file.ts';
import { requireUser } from '../sign-in/require-user.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useFocusAfterRemoval } from '../ui/focus.ts';
import { formatDateTime } from '../ui/format.ts';
import { HistoryLayout } from '../ui/history-layout.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { RowList } from '../ui/row-list.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { toast } from '../ui/toasts.ts';
import styles from './files-page.module.css';

/** Lists stored files, uploads and results, newest first. */
function Files({ user }: { user: User }) {
	usePageTitle('Files');
	const list = useFiles(user.id);
	const files = useWithoutRemoved(user.id, 'file', list.data?.pages.flatMap(({ data }) => data) ?? []);
	useFocusAfterRemoval(files.length);
	return (
		<HistoryLayout
			title="Files"
			intro="Your uploads and results, newest first. Each file is deleted automatically on the date beside it."
		>
			{list.isPending && <Spinner label="Loading your files" />}
			{list.error && (
				<ProblemNotice what="Couldn’t load your files" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && files.length === 0 && (
				<EmptyState
					title="No files"
					text="Files are deleted automatically when they expire. Your history still lists what you processed."
					action={
						<ButtonLink variant="primary" to="/">
							Choose a tool
						</ButtonLink>
					}
				/>
			)}
			{files.length > 0 && (
				<RowList label="Files">
					{files.map((file) => (
						<li key={file.id}>
							<FileItem user={user} file={file} />
						</li>
					))}
				</RowList>
			)}
			<MoreButton list={list} />
		</HistoryLayout>
	);
}

export const FilesPage = requireUser(Files);

function FileItem({ user, file }: { user: User; file: FileRow }) {
	const { save, remove } = useFileActions(user.id, file);
	const [isAsking, setAsking] = useState(false);
	const isReady = file.status === 'ready';
	const until = `${isReady ? 'kept until' : 'unfinished upload, expires'} ${formatDateTime(file.expires_at)}`;
	return (
		<article className={styles.file} aria-label={file.name}>
			<div className={styles.words}>
				<h2 className={styles.name}>{file.name}</h2>
				<p className={styles.facts}>
					{formatBytes(file.size_bytes)} · {formatDateTime(file.created_at)} · {until}
				</p>
			</div>
			<div className={styles.actions}>
				{isReady && (
					<Button small aria-label={`Download ${file.name}`} onClick={() => save.mutate()}>
						<Download size={16} aria-hidden="true" />
						Download
					</Button>
				)}
				<Button variant="quiet" small aria-label={`Delete ${file.name}`} onClick={() => setAsking(true)}>
					<Trash2 size={16} aria-hidden="true" />
				</Button>
			</div>
			{isAsking && (
				<ConfirmDialog
					title="Delete this file?"
					text={`${file.name} is deleted immediately, and this can’t be undone. If it’s still being processed, the processing may fail.`}
					confirm="Delete"
					onConfirm={() => remove.mutate(file.id)}
					onClose={() => setAsking(false)}
				/>
			)}
		</article>
	);
}

/** Requests for a file. Failures are shown as toasts. */
function useFileActions(userId: string, file: FileRow) {
	const save = useMutation({
		mutationFn: () => saveFile(file.id),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return toastFailure(`Couldn’t download ${file.name}.`, error);
			refreshFiles(userId);
			toast({ text: `${file.name} has expired or was deleted.` });
		},
	});

	const remove = useRemoval(userId, 'file', {
		remove: (id) => api.files.delete(id),
		onRemoved: (id) => removeCachedFile(userId, id),
		onFailure: (error) => toastFailure(`Couldn’t delete ${file.name}.`, error),
	});

	return { save, remove };
}
