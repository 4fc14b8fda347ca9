import { Suspense, useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { useStrayDrops } from '../file-drop/use-page-drop.ts';
import { Spinner } from '../ui/spinner.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import styles from './shell.module.css';
import { StatusBanner } from './status-banner.tsx';
import { Toaster } from './toaster.tsx';

/** The layout of every page. After navigation the main element gets the focus, so that a screen reader starts there. */
export function Shell() {
	const main = useRef<HTMLElement>(null);
	const { pathname } = useLocation();
	const isFirst = useRef(true);
	useStrayDrops();
	useEffect(() => {
		if (!isFirst.current) main.current?.focus({ preventScroll: true });
		isFirst.current = false;
	}, [pathname]);
	return (
		<div className={styles.page}>
			<a className={styles.skip} href="#main">
				Skip to content
			</a>
			<LoadingBar />
			<StatusBanner />
			<Header />
			<main id="main" className={styles.main} ref={main} tabIndex={-1}>
				<Suspense fallback={<Spinner label="Loading page" />}>
					<Outlet />
				</Suspense>
			</main>
			<Footer />
			<Toaster />
			<ScrollRestoration />
		</div>
	);
}

/** Shows that navigation is waiting for a page to load. */
function LoadingBar() {
	const { state } = useNavigation();
	return state === 'loading' ? <div className={styles.bar} aria-hidden="true" /> : null;
}
