import type { ReactNode } from 'react';
import { LinkTabs } from '../../ui/link-tabs.tsx';
import styles from './history-frame.module.css';

const TABS = [
	['/history', 'Jobs'],
	['/files', 'Files'],
] as const;

/** What is around both pages of what was: the jobs, and the files. */
export function HistoryFrame({
	title,
	intro,
	children,
}: {
	title: string;
	intro: string;
	children: ReactNode;
}) {
	return (
		<div className={styles.history}>
			<div className={styles.head}>
				<h1>{title}</h1>
				<p>{intro}</p>
			</div>
			<LinkTabs label="History" tabs={TABS} />
			{children}
		</div>
	);
}
