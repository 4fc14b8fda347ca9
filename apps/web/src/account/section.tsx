import { type ReactNode, useId } from 'react';
import styles from './section.module.css';

/** A section of a page: its title beside its content, or above it on a phone. */
export function Section({
	title,
	intro,
	children,
}: {
	title: string;
	intro?: ReactNode;
	children: ReactNode;
}) {
	const id = useId();
	return (
		<section className={styles.section} aria-labelledby={id}>
			<div className={styles.head}>
				<h2 id={id}>{title}</h2>
				{intro && <p>{intro}</p>}
			</div>
			<div className={styles.content}>{children}</div>
		</section>
	);
}
