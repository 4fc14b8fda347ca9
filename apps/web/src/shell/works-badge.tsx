import { Check } from 'lucide-react';
import { useId } from 'react';
import { Link } from 'react-router';
import { formatCount } from '../ui/format.ts';
import { useWorks } from '../works/the-works.ts';
import { isOver, type Work } from '../works/work.ts';
import styles from './works-badge.module.css';

/** What is on its way, wherever one is in the app; nothing where nothing is. */
export function WorksBadge() {
	const id = useId();
	const works = useWorks();
	if (works.length === 0) return null;
	const active = works.filter((work) => !isOver(work));
	const label =
		active.length > 0 ? `${formatCount(active.length, 'file', 'files')} on the way` : 'Files done';
	return (
		<div className={styles.badge}>
			<button type="button" popoverTarget={id} className={styles.button} aria-label={label}>
				{active.length > 0 ? (
					<>
						<Ring share={shareOf(active)} />
						{active.length}
					</>
				) : (
					<Check size={18} aria-hidden="true" />
				)}
			</button>
			<div id={id} popover="auto" className={styles.panel} role="dialog" aria-label="Your files">
				<ul>
					{works.map((work) => (
						<li key={work.id}>
							<Link
								to={`/tools/${work.tool}`}
								onClick={({ currentTarget }) =>
									currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
								}
							>
								{work.source.name}
							</Link>
							<span>{wordOf(work)}</span>
						</li>
					))}
				</ul>
			</div>
		</div>
	);
}

const WORDS: Record<Work['stage']['kind'], string> = {
	waiting: 'waits',
	uploading: 'uploading',
	paused: 'paused',
	'file-missing': 'needs you',
	'secrets-missing': 'needs you',
	creating: 'starting',
	queued: 'in line',
	running: 'working',
	canceling: 'canceling',
	succeeded: 'done',
	failed: 'failed',
	canceled: 'canceled',
};

function wordOf({ stage }: Work): string {
	if (stage.kind === 'running' && stage.progress > 0) return `${stage.progress}%`;
	return WORDS[stage.kind];
}

/** Of all that is on its way: an upload is the first half of it, the job the second. */
function shareOf(works: readonly Work[]): number {
	const shares = works.map(({ stage, source, upload }) => {
		if ('sentBytes' in stage) return Math.min(1, stage.sentBytes / source.sizeBytes) / 2;
		if (stage.kind === 'running') return 0.5 + stage.progress / 200;
		return upload?.isDone ? 0.5 : 0;
	});
	return shares.reduce((sum, share) => sum + share, 0) / works.length;
}

function Ring({ share }: { share: number }) {
	return (
		<svg viewBox="0 0 20 20" width="20" height="20" className={styles.ring} aria-hidden="true">
			<circle cx="10" cy="10" r="8" pathLength="1" />
			<circle cx="10" cy="10" r="8" pathLength="1" strokeDasharray={`${Math.max(0.04, share)} 1`} />
		</svg>
	);
}
