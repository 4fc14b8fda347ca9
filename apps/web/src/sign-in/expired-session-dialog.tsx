import type { User } from '@creatorr/client';
import { session } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.ts';
import styles from './expired-session-dialog.module.css';
import { SignInForm } from './sign-in-page.tsx';

/** Asks to sign in again without leaving the page. */
export function ExpiredSessionDialog({ user, onClose }: { user: User; onClose: () => void }) {
	return (
		<Dialog title="Sign in again" onClose={onClose}>
			<p>You were signed out. Nothing on this page is lost.</p>
			<SignInForm
				email={user.email}
				isOverPage
				onDone={(signedIn) => {
					if (signedIn.user.id === user.id) return;
					const text = `You’re now signed in as ${signedIn.user.email}. Files of ${user.email} are hidden.`;
					toast({ text, stays: true });
				}}
			/>
			<p className={styles.other}>
				Not you?{' '}
				<Button variant="quiet" small onClick={() => session.signOut()}>
					Use another account
				</Button>
			</p>
		</Dialog>
	);
}
