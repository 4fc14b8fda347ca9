import { Suspense, useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation } from 'react-router';
import { useStrayDrops } from '../files/use-page-drop.ts';
import { Spinner } from '../ui/spinner.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { LoadingBar } from './loading-bar.tsx';
import { SessionKeeper } from './session-keeper.tsx';
import styles from './shell.module.css';
import { Toaster } from './toaster.tsx';

/** What is around every page. After a change of page the focus is on it, so that a screen reader begins there. */
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
				Skip to the content
			</a>
			<LoadingBar />
			<SessionKeeper />
			<Header />
			<main id="main" className={styles.main} ref={main} tabIndex={-1}>
				<Suspense fallback={<Spinner label="Loading the page" />}>
					<Outlet />
				</Suspense>
			</main>
			<Footer />
			<Toaster />
			<ScrollRestoration />
		</div>
	);
}
