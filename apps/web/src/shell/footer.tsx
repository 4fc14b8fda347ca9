import { Link } from 'react-router';
import styles from './footer.module.css';
import { ThemeSelect } from './theme-select.tsx';

const LINKS = [
	['/pricing', 'Pricing'],
	['/docs', 'API'],
	['/status', 'Status'],
	['/terms', 'Terms'],
	['/privacy', 'Privacy'],
] as const;

export function Footer() {
	return (
		<footer className={styles.footer}>
			<p>Files are stored securely and deleted automatically.</p>
			<nav aria-label="About creatorr">
				<ul className={styles.links}>
					{LINKS.map(([to, name]) => (
						<li key={to}>
							<Link to={to}>{name}</Link>
						</li>
					))}
				</ul>
			</nav>
			<ThemeSelect />
		</footer>
	);
}
