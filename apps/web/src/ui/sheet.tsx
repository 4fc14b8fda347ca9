import type { ReactNode } from 'react';
import styles from './sheet.module.css';

/** A sheet of paper with a folded corner, as in the brand: the one thing to do on a page. */
export function Sheet({ children }: { children: ReactNode }) {
	return <div className={styles.sheet}>{children}</div>;
}
