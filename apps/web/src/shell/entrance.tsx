import type { ReactNode } from 'react';
import { Sheet } from '../ui/sheet.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import styles from './entrance.module.css';

/** The frame of the pages around signing in: one title, one sheet, and the way to the others. */
export function Entrance({
	title,
	intro,
	others,
	children,
}: {
	title: string;
	intro?: ReactNode;
	/** Under the sheet: links to the pages that one may have meant. */
	others?: ReactNode;
	children: ReactNode;
}) {
	usePageTitle(title);
	return (
		<div className={styles.entrance}>
			<div className={styles.head}>
				<h1>{title}</h1>
				{intro && <p>{intro}</p>}
			</div>
			<Sheet>{children}</Sheet>
			{others && <p className={styles.others}>{others}</p>}
		</div>
	);
}
