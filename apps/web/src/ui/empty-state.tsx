import { FileClock } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

/** Replaces an empty list. */
export function EmptyState({ title, text, action }: { title: string; text: string; action: ReactNode }) {
	return (
		<div className={styles.empty}>
			<FileClock size={40} strokeWidth={1.5} aria-hidden="true" />
			<h2>{title}</h2>
			<p>{text}</p>
			{action}
		</div>
	);
}
