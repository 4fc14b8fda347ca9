import type { ReactNode } from 'react';
import { Link } from 'react-router';
import styles from './anchored-heading.module.css';

/** A heading with an address of its own. */
export function AnchoredHeading({
	level,
	id,
	children,
}: {
	level: 2 | 3;
	/** Of the section that it names. */
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

/** The element that the section with this id is named by, and that has the focus after one went there. */
export const headingId = (sectionId: string) => `${sectionId}-heading`;
