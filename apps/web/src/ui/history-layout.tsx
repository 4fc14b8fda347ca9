import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import styles from './history-layout.module.css';

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
			<div className={styles.head}>
				<h1>{title}</h1>
				<p>{intro}</p>
			</div>
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

/** A list of rows, each an `li`. */
export function HistoryList({ label, children }: { label: string; children: ReactNode }) {
	return (
		<ul className={styles.rows} aria-label={label}>
			{children}
		</ul>
	);
}
