import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import styles from './sign-in-step.module.css';
import { SignInStepForms } from './sign-in-step-forms.tsx';

/** Files wait for somebody to sign in: asks for it over the page, and where that is put off, on it. */
export function SignInStep({ waiting }: { waiting: number }) {
	const [isOpen, setOpen] = useState(true);
	const files = formatCount(waiting, 'file', 'files');
	return (
		<>
			<Notice
				title={`${files} ${waiting === 1 ? 'waits' : 'wait'} for you to sign in`}
				action={
					<Button look="primary" small onClick={() => setOpen(true)}>
						Go on
					</Button>
				}
			>
				An account is free. Nothing is uploaded before.
			</Notice>
			{isOpen && (
				<Dialog title="One step, then it goes on" onClose={() => setOpen(false)}>
					<p className={styles.intro}>
						{waiting === 1 ? 'Your file stays here' : 'Your files stay here'} until you are in.
					</p>
					<SignInStepForms />
				</Dialog>
			)}
		</>
	);
}
