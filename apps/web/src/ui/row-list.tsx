import type { ReactNode } from 'react';
import styles from './row-list.module.css';

/** A list of rows, each an `li`. */
export function RowList({ label, children }: { label: string; children: ReactNode }) {
	return (
		<ul className={styles.rows} aria-label={label}>
			{children}
		</ul>
	);
}
