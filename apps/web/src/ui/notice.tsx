import type { ReactNode } from 'react';
import styles from './notice.module.css';

/** A message with an optional action. Screen readers announce `bad` ones at once. */
export function Notice({
	kind = 'info',
	title,
	children,
	action,
}: {
	kind?: 'info' | 'good' | 'bad' | 'warn';
	title?: ReactNode;
	children?: ReactNode;
	/** A button or a link. */
	action?: ReactNode;
}) {
	return (
		<div className={`${styles.notice} ${styles[kind]}`} role={kind === 'bad' ? 'alert' : 'status'}>
			<div className={styles.words}>
				{title && <p className={styles.title}>{title}</p>}
				{children && <div>{children}</div>}
			</div>
			{action}
		</div>
	);
}
