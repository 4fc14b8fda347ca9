import type { User } from '@creatorr/client';
import { useFiles } from '../../api/files.ts';
import { useStaying } from '../../api/removals.ts';
import { requireUser } from '../../shell/require-user.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { useFocusAfterRemoval } from '../../ui/use-focus-after-removal.ts';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { Empty } from '../history/empty.tsx';
import { HistoryFrame } from '../history/history-frame.tsx';
import styles from '../history/rows.module.css';
import { FileItem } from './file-item.tsx';

/** The files that are kept, uploads and results alike, the newest first. */
function Files({ user }: { user: User }) {
	usePageTitle('Files');
	const list = useFiles(user.id);
	const files = useStaying(user.id, 'file', list.data?.pages.flatMap(({ data }) => data) ?? []);
	useFocusAfterRemoval(files.length);
	return (
		<HistoryFrame
			title="Files"
			intro="What you uploaded, and what came out. Each goes by itself when its time is up."
		>
			{list.isPending && <Spinner label="Loading your files" />}
			{list.error && (
				<ProblemNotice what="Your files can’t be loaded" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && files.length === 0 && (
				<Empty
					title="No files are kept"
					text="Files are deleted by themselves after a while. Your history shows what you did with them."
					action={
						<ButtonLink look="primary" to="/">
							Pick a tool
						</ButtonLink>
					}
				/>
			)}
			{files.length > 0 && (
				<ul className={styles.rows} aria-label="Files">
					{files.map((file) => (
						<li key={file.id}>
							<FileItem user={user} file={file} />
						</li>
					))}
				</ul>
			)}
			<MoreButton list={list} />
		</HistoryFrame>
	);
}

export const FilesPage = requireUser(Files);
