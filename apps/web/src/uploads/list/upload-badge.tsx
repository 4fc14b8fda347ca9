import { Check, TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import { Link } from 'react-router';
import { formatCount } from '../../ui/format.ts';
import { hasEnded, type Upload } from '../upload.ts';
import { useUploads } from '../uploads.ts';
import styles from './upload-badge.module.css';

/** Shows on every page how many uploads are active. Nothing without uploads. */
export function UploadBadge() {
	const id = useId();
	const uploads = useUploads();
	if (uploads.length === 0) return null;
	const active = uploads.filter((upload) => !hasEnded(upload));
	const failedCount = uploads.filter(({ stage }) => stage.kind === 'failed').length;
	const label =
		active.length > 0
			? `${formatCount(active.length, 'file', 'files')} in progress`
			: failedCount > 0
				? `No files in progress, ${failedCount} failed`
				: 'All files done';
	return (
		<div>
			<button type="button" popoverTarget={id} className={styles.button} aria-label={label} title={label}>
				{active.length > 0 ? (
					<>
						<Ring share={shareOf(active)} />
						{active.length}
					</>
				) : failedCount > 0 ? (
					<TriangleAlert size={18} aria-hidden="true" />
				) : (
					<Check size={18} aria-hidden="true" />
				)}
			</button>
			<div id={id} popover="auto" className={styles.panel} role="dialog" aria-label="Your files">
				<ul>
					{uploads.map((upload) => (
						<li key={upload.id}>
							<Link
								to={`/tools/${upload.tool}`}
								onClick={({ currentTarget }) =>
									currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
								}
							>
								{upload.source.name}
							</Link>
							<span>{stageText(upload)}</span>
						</li>
					))}
				</ul>
			</div>
		</div>
	);
}

const STAGE_NAMES: Record<Upload['stage']['kind'], string> = {
	waiting: 'waiting',
	uploading: 'uploading',
	paused: 'paused',
	'file-missing': 'needs action',
	'secrets-missing': 'needs action',
	creating: 'starting',
	queued: 'queued',
	running: 'processing',
	canceling: 'canceling',
	succeeded: 'done',
	failed: 'failed',
	canceled: 'canceled',
};

function stageText({ stage }: Upload): string {
	if (stage.kind === 'running' && stage.progress > 0) return `${stage.progress}%`;
	return STAGE_NAMES[stage.kind];
}

/** Returns the mean progress: sending the file is the first half, the job the second. */
function shareOf(uploads: readonly Upload[]): number {
	const shares = uploads.map(({ stage, source, remoteFile }) => {
		if ('sentBytes' in stage) return Math.min(1, stage.sentBytes / source.sizeBytes) / 2;
		if (stage.kind === 'running') return 0.5 + stage.progress / 200;
		return remoteFile?.isDone ? 0.5 : 0;
	});
	return shares.reduce((sum, share) => sum + share, 0) / uploads.length;
}

function Ring({ share }: { share: number }) {
	return (
		<svg viewBox="0 0 20 20" width="20" height="20" className={styles.ring} aria-hidden="true">
			<circle cx="10" cy="10" r="8" pathLength="1" />
			<circle cx="10" cy="10" r="8" pathLength="1" strokeDasharray={`${Math.max(0.04, share)} 1`} />
		</svg>
	);
}
