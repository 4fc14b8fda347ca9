import type { JobStatus } from '@creatorr/client';
import { Ban, Check, Clock, LoaderCircle, type LucideIcon, TriangleAlert } from 'lucide-react';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import { STATUSES } from './history-filter.ts';
import styles from './status-mark.module.css';

const ICONS: Record<JobStatus, LucideIcon> = {
	queued: Clock,
	running: LoaderCircle,
	succeeded: Check,
	failed: TriangleAlert,
	canceled: Ban,
};

/** How a job stands, as a sign. */
export function StatusMark({ status }: { status: JobStatus }) {
	const Icon = ICONS[status];
	const name = STATUSES.find(([value]) => value === status)?.[1];
	return (
		<span className={`${styles.mark} ${styles[status] ?? ''}`}>
			<Icon size={18} aria-hidden="true" />
			<VisuallyHidden>{name}</VisuallyHidden>
		</span>
	);
}
