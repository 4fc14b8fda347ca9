import type { User } from '@creatorr/client';
import { session } from '../api/session.ts';
import { SignInForm } from '../pages/sign-in/sign-in-form.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.ts';
import styles from './expired-session.module.css';

/** Asks to sign in again, over the page as it is. */
export function ExpiredSession({ user, onClose }: { user: User; onClose: () => void }) {
	return (
		<Dialog title="Please sign in again" onClose={onClose}>
			<p>Your session has ended. What is on this page stays as it is.</p>
			<SignInForm
				email={user.email}
				isOverPage
				onDone={(signedIn) => {
					if (signedIn.user.id === user.id) return;
					const text = `You are signed in as ${signedIn.user.email} now. What belongs to ${user.email} is not shown.`;
					toast({ text, stays: true });
				}}
			/>
			<p className={styles.other}>
				Not you?{' '}
				<Button look="quiet" small onClick={() => session.signOut()}>
					Leave this account
				</Button>
			</p>
		</Dialog>
	);
}
