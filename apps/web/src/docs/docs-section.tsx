import type { ReactNode } from 'react';
import { Link } from 'react-router';
import styles from './docs-section.module.css';

/** A heading with a link to itself. */
export function AnchoredHeading({
	level,
	id,
	children,
}: {
	level: 2 | 3;
	/** The id of its section. */
	id: string;
	children: ReactNode;
}) {
	const Heading = `h${level}` as const;
	return (
		<Heading className={styles.heading} id={headingId(id)} tabIndex={-1}>
			<Link to={{ hash: id }}>{children}</Link>
		</Heading>
	);
}

/** The id of a section's heading, which gets the focus after a jump to the section. */
export const headingId = (sectionId: string) => `${sectionId}-heading`;

/** An HTTP method, colored by its effect. */
export function Method({ method }: { method: string }) {
	const color = method === 'GET' ? styles.reads : method === 'DELETE' ? styles.removes : styles.writes;
	return <span className={`${styles.method} ${color}`}>{method}</span>;
}

/** A chapter of the guide. */
export function Chapter({ id, title, children }: { id: string; title: string; children: ReactNode }) {
	return (
		<section id={id} aria-labelledby={headingId(id)} className={styles.chapter}>
			<AnchoredHeading level={2} id={id}>
				{title}
			</AnchoredHeading>
			{children}
		</section>
	);
}
