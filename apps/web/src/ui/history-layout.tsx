import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import styles from './history-layout.module.css';
import { PageHead } from './page-head.tsx';

const TABS = [
	['/history', 'Jobs'],
	['/files', 'Files'],
] as const;

/** The layout of the history and files pages. */
export function HistoryLayout({
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
			<PageHead title={title}>{intro}</PageHead>
			<nav aria-label="History">
				<ul className={styles.tabs}>
					{TABS.map(([path, name]) => (
						<li key={path}>
							<NavLink to={path}>{name}</NavLink>
						</li>
					))}
				</ul>
			</nav>
			{children}
		</div>
	);
}
