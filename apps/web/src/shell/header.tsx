import { Link, useLocation } from 'react-router';
import { useUser } from '../api/session.ts';
import { optionalPart } from '../ui/optional-part.tsx';
import { AccountMenu } from './account-menu.tsx';
import styles from './header.module.css';
import { SignInLink } from './sign-in-link.tsx';

const WorksBadge = optionalPart(async () => (await import('./works-badge.tsx')).WorksBadge);

/** The brand, where one can go, and what is on its way. */
export function Header() {
	const user = useUser();
	const { pathname } = useLocation();
	const isWithin = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
	const link = (to: string, name: string, isCurrent: boolean) => (
		<li>
			<Link to={to} aria-current={isCurrent ? 'page' : undefined}>
				{name}
			</Link>
		</li>
	);
	return (
		<header className={styles.header}>
			<Link to="/" className={styles.brand ?? ''} aria-label="creatorr, home">
				<img src="/icon.svg" alt="" width="28" height="28" />
				<span className={styles.name}>creatorr</span>
			</Link>
			<nav className={styles.nav} aria-label="Main">
				<ul>
					{link('/', 'Tools', pathname === '/' || isWithin('/tools'))}
					{link('/history', 'History', isWithin('/history') || isWithin('/files'))}
					{link('/docs', 'Docs', isWithin('/docs'))}
				</ul>
			</nav>
			<WorksBadge />
			{user ? <AccountMenu user={user} /> : <SignInLink />}
		</header>
	);
}
