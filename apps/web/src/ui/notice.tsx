import type { ReactNode } from 'react';
import { failureMessage } from '../api/failure-message.ts';
import { Button } from './button.tsx';
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

/** Says what could not be loaded and why, with a Try again button. */
export function ProblemNotice({
	what,
	error,
	onRetry,
}: {
	what: string;
	error: Error;
	onRetry: () => unknown;
}) {
	return (
		<Notice kind="bad" title={what} action={<Button onClick={() => void onRetry()}>Try again</Button>}>
			{failureMessage(error)}
		</Notice>
	);
}
