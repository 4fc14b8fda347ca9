import type { FileRow, User } from '@creatorr/client';
import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatBytes, formatDateTime } from '../../ui/format.ts';
import styles from './file-item.module.css';
import { useFileCalls } from './use-file-calls.ts';

/** One file: how large, how long it is kept, and what can be done. */
export function FileItem({ user, file }: { user: User; file: FileRow }) {
	const { save, remove } = useFileCalls(user.id, file);
	const [isAsking, setAsking] = useState(false);
	const isReady = file.status === 'ready';
	const until = `${isReady ? 'kept until' : 'not uploaded yet; given up on'} ${formatDateTime(file.expires_at)}`;
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
				<Button look="quiet" small aria-label={`Delete ${file.name}`} onClick={() => setAsking(true)}>
					<Trash2 size={16} aria-hidden="true" />
				</Button>
			</div>
			{isAsking && (
				<ConfirmDialog
					title="Delete this file?"
					text={`${file.name} is gone at once, and can’t be brought back. A job that still needs it fails.`}
					confirm="Delete"
					onConfirm={() => remove.mutate(file.id)}
					onClose={() => setAsking(false)}
				/>
			)}
		</article>
	);
}
