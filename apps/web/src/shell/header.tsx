import { type ComponentType, useEffect, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { useOnline } from '../api/connectivity.ts';
import { useUser } from '../api/session.ts';
import { nextPath, withNext } from '../sign-in/next-path.ts';
import { ButtonLink } from '../ui/button.tsx';
import { AccountMenu } from './account-menu.tsx';
import styles from './header.module.css';

const UploadBadge = lazyPart(async () => (await import('../uploads/list/upload-badge.tsx')).UploadBadge);

/** The logo, the navigation, the upload badge and the account menu. */
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
					{link('/docs', 'API', isWithin('/docs'))}
				</ul>
			</nav>
			<UploadBadge />
			{user ? <AccountMenu user={user} /> : <SignInLink />}
		</header>
	);
}

/** Links to the sign-in page, which continues at this page. */
function SignInLink() {
	const { pathname, search } = useLocation();
	if (pathname === '/sign-in') return null;
	const next = nextPath(pathname + search, location.origin);
	return (
		<ButtonLink to={withNext('/sign-in', next)} variant="plain" small>
			Sign in
		</ButtonLink>
	);
}

/**
 * A component that is loaded separately and is not essential: if loading fails, it is not shown, and it is loaded when the network is back.
 */
function lazyPart(load: () => Promise<ComponentType>): ComponentType {
	return function LazyPart() {
		const [Part, setPart] = useState<ComponentType>();
		const isOnline = useOnline();
		const isMissing = Part === undefined;
		useEffect(() => {
			if (isOnline && isMissing) {
				load().then(
					(loaded) => setPart(() => loaded),
					() => undefined,
				);
			}
		}, [isOnline, isMissing]);
		return Part ? <Part /> : null;
	};
}
