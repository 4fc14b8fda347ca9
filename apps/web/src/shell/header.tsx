import { Link } from 'react-router';
import styles from './shell.module.css';

/** The brand, and where one can go. */
export function Header() {
	return (
		<header className={styles.header}>
			<Link to="/" className={styles.brand ?? ''} aria-label="creatorr, home">
				<img src="/icon.svg" alt="" width="28" height="28" />
				creatorr
			</Link>
		</header>
	);
}
