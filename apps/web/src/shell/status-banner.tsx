import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useUserRefresh } from '../api/account-queries.ts';
import { useOnline, useOutage } from '../api/connectivity.ts';
import { useSession, useUser } from '../api/session.ts';
import type { ExpiredSessionDialog } from '../sign-in/expired-session-dialog.tsx';
import { Button } from '../ui/button.tsx';
import styles from './status-banner.module.css';

const SIGN_IN_PAGES = new Set([
	'/sign-in',
	'/sign-up',
	'/forgot-password',
	'/reset-password',
	'/verify-email',
]);

/**
 * Monitors the session on every page: keeps the user up to date and asks to sign in again after the session has expired.
 */
export function StatusBanner() {
	useUserRefresh();
	const state = useSession();
	const { pathname } = useLocation();
	const [isDismissed, setDismissed] = useState(false);
	const isExpired = state.kind === 'expired' && !SIGN_IN_PAGES.has(pathname);
	const [ExpiredDialog, setExpiredDialog] = useState<typeof ExpiredSessionDialog>();
	const needsDialog = isExpired && !isDismissed && ExpiredDialog === undefined;
	useEffect(() => {
		if (!isExpired) setDismissed(false);
	}, [isExpired]);
	useEffect(() => {
		if (!needsDialog) return;
		import('../sign-in/expired-session-dialog.tsx').then(
			(loaded) => setExpiredDialog(() => loaded.ExpiredSessionDialog),
			// the banner offers another try
			() => setDismissed(true),
		);
	}, [needsDialog]);
	return (
		<>
			<Banner onSignIn={isExpired && isDismissed ? () => setDismissed(false) : undefined} />
			{isExpired && !isDismissed && ExpiredDialog && (
				<ExpiredDialog user={state.user} onClose={() => setDismissed(true)} />
			)}
		</>
	);
}

/** Shows the most severe problem of the whole app. The live region always exists, so that screen readers announce it. */
function Banner({ onSignIn }: { onSignIn: (() => void) | undefined }) {
	const isOnline = useOnline();
	const isApiAway = useOutage();
	const user = useUser();
	return (
		<div role="status">
			{!isOnline ? (
				<p className={styles.banner}>You’re offline. Uploads resume when you’re back online.</p>
			) : isApiAway ? (
				<p className={styles.banner}>
					creatorr is temporarily unavailable. We’ll keep trying. Nothing is lost.
				</p>
			) : onSignIn ? (
				<div className={styles.banner}>
					<p>You were signed out, {user?.email}.</p>
					<Button small onClick={onSignIn}>
						Sign in again
					</Button>
				</div>
			) : null}
		</div>
	);
}
