import type { ReactNode } from 'react';
import styles from './page-head.module.css';

/** The title of a page and what it is for. */
export function PageHead({
	title,
	above,
	children,
}: {
	title: string;
	/** A link to the page that this one belongs to. */
	above?: ReactNode;
	children: ReactNode;
}) {
	return (
		<div className={styles.head}>
			{above && <p>{above}</p>}
			<h1>{title}</h1>
			<p>{children}</p>
		</div>
	);
}
