import type { ReactNode } from 'react';
import { usePageTitle } from '../ui/page-title.ts';
import styles from './sign-in-layout.module.css';

/** The layout of the sign-in pages: a title, a sheet, and links to the other pages. */
export function SignInLayout({
	title,
	intro,
	others,
	children,
}: {
	title: string;
	intro?: ReactNode;
	/** Links below the sheet, to pages that the user may have looked for. */
	others?: ReactNode;
	children: ReactNode;
}) {
	usePageTitle(title);
	return (
		<div className={styles.layout}>
			<div className={styles.head}>
				<h1>{title}</h1>
				{intro && <p>{intro}</p>}
			</div>
			<Sheet>{children}</Sheet>
			{others && <p className={styles.others}>{others}</p>}
		</div>
	);
}

/** A sheet of paper with a folded corner, as in the logo. */
function Sheet({ children }: { children: ReactNode }) {
	return <div className={styles.sheet}>{children}</div>;
}
