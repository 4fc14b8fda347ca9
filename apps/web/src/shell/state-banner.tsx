import { useOnline } from '../api/online.ts';
import { useOutage } from '../api/outage.ts';
import { useUser } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import styles from './state-banner.module.css';

/** Over the page: what keeps the whole app from working, the deepest cause alone. Always there, so that it is read out. */
export function StateBanner({ onSignIn }: { onSignIn: (() => void) | undefined }) {
	const isOnline = useOnline();
	const isAway = useOutage();
	const user = useUser();
	return (
		<div role="status">
			{!isOnline ? (
				<p className={styles.banner}>You are offline. Uploads go on when you are back.</p>
			) : isAway ? (
				<p className={styles.banner}>
					A part of creatorr doesn’t answer just now. We keep trying; nothing of yours is lost.
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
