import { Link } from 'react-router';
import { useContact } from '../api/contact.ts';
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
	const contact = useContact();
	return (
		<footer className={styles.footer}>
			<p>
				Files are stored securely and deleted automatically: see{' '}
				<Link to="/pricing">how long we keep them</Link>.
			</p>
			<nav aria-label="About creatorr">
				<ul className={styles.links}>
					{LINKS.map(([to, name]) => (
						<li key={to}>
							<Link to={to}>{name}</Link>
						</li>
					))}
					{contact && (
						<li>
							<a href={contact.href}>Contact</a>
						</li>
					)}
				</ul>
			</nav>
			<ThemeSelect />
		</footer>
	);
}
