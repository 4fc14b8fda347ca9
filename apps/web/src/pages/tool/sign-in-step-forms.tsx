import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { SignInForm } from '../sign-in/sign-in-form.tsx';
import { SignUpForm } from '../sign-up/sign-up-form.tsx';
import styles from './sign-in-step.module.css';

/** Whoever comes with a file and without a session is new here, most of the time. */
export function SignInStepForms() {
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
				{isNew ? 'You have an account?' : 'You are new here?'}{' '}
				<Button look="quiet" small onClick={() => setNew(!isNew)}>
					{isNew ? 'Sign in' : 'Create an account'}
				</Button>
			</p>
		</>
	);
}

/** A form comes later than its dialog, or in place of another one: the focus goes where the typing begins. */
function FocusedForm({ children }: { children: ReactNode }) {
	const form = useRef<HTMLDivElement>(null);
	useEffect(() => form.current?.querySelector('input')?.focus(), []);
	return <div ref={form}>{children}</div>;
}
