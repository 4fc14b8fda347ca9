import { type ReactNode, useEffect, useRef, useState } from 'react';
import { SignInForm } from '../sign-in/sign-in-page.tsx';
import { SignUpForm } from '../sign-in/sign-up-page.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatCount } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import styles from './sign-in-step.module.css';

/** Asks visitors to sign in so that their uploads can start: in a dialog first, then in a notice. */
export function SignInStep({ waiting }: { waiting: number }) {
	const [isOpen, setOpen] = useState(true);
	const files = formatCount(waiting, 'file', 'files');
	return (
		<>
			<Notice
				title={`Sign in to continue with ${files}`}
				action={
					<Button variant="primary" small onClick={() => setOpen(true)}>
						Continue
					</Button>
				}
			>
				Nothing is uploaded until you sign in. An account is free.
			</Notice>
			{isOpen && (
				<Dialog title="One more step" onClose={() => setOpen(false)}>
					<p className={styles.intro}>
						{waiting === 1 ? 'Your file stays' : 'Your files stay'} on this device until you sign in.
					</p>
					<SignInStepForms />
				</Dialog>
			)}
		</>
	);
}

/** Starts with sign-up, because most visitors are new. */
function SignInStepForms() {
	const [isNew, setNew] = useState(true);
	return (
		<>
			{isNew ? (
				<FocusedForm key="new">
					<SignUpForm />
				</FocusedForm>
			) : (
				<FocusedForm key="known">
					<SignInForm isOverPage />
				</FocusedForm>
			)}
			<p className={styles.other}>
				{isNew ? 'Already have an account?' : 'New here?'}{' '}
				<Button variant="quiet" small onClick={() => setNew(!isNew)}>
					{isNew ? 'Sign in' : 'Create an account'}
				</Button>
			</p>
		</>
	);
}

/** Focuses the first input when the form is shown or replaced. */
function FocusedForm({ children }: { children: ReactNode }) {
	const form = useRef<HTMLDivElement>(null);
	useEffect(() => form.current?.querySelector('input')?.focus(), []);
	return <div ref={form}>{children}</div>;
}
