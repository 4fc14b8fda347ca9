import type { ReactNode } from 'react';
import styles from './notice.module.css';

/** Says what is the matter, and what to do about it. A bad one is read out at once, the others when there is time. */
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
