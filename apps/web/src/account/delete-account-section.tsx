import type { User } from '@creatorr/client';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { hasCode } from '../api/failure-message.ts';
import { session } from '../api/session.ts';
import { Field } from '../forms/field.tsx';
import { Form } from '../forms/form.tsx';
import { HiddenUsername, PasswordField } from '../forms/password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { toast } from '../ui/toasts.ts';
import styles from './delete-account-section.module.css';
import { Section } from './section.tsx';

export function DeleteAccountSection({ user }: { user: User }) {
	const [isOpen, setOpen] = useState(false);
	return (
		<Section title="Delete the account" intro="It can’t be undone.">
			<p>All your files and jobs go with it, and a subscription is canceled.</p>
			<Button variant="danger" onClick={() => setOpen(true)}>
				Delete account…
			</Button>
			{isOpen && <DeleteAccountDialog user={user} onClose={() => setOpen(false)} />}
		</Section>
	);
}

const CONFIRMATION_WORD = 'delete';

/** The confirmation word is wrong. No request was sent. */
class WrongConfirmation extends Error {}

/** Says what is deleted and asks for the password and a confirmation word. */
function DeleteAccountDialog({ user, onClose }: { user: User; onClose: () => void }) {
	const form = useForm({
		fields: ['word', 'password'],
		call: async ({ word = '', password = '' }) => {
			if (word.trim().toLowerCase() !== CONFIRMATION_WORD) throw new WrongConfirmation();
			await api.account.delete(password);
		},
		onDone: () => {
			session.signOut();
			toast({ text: 'Your account is deleted.', stays: true });
		},
		fieldErrorsOf: (error) => {
			if (error instanceof WrongConfirmation) return { word: `Type the word ${CONFIRMATION_WORD}.` };
			return hasCode(error, 'invalid_credentials') ? { password: 'This is not your password.' } : undefined;
		},
	});
	return (
		<Dialog title="Delete your account?" onClose={onClose}>
			<ul className={styles.goes}>
				<li>You are signed out everywhere, and can’t sign in again.</li>
				<li>All your files are removed, those of finished jobs too.</li>
				<li>Jobs that run are canceled, and your history is gone.</li>
				<li>A subscription is canceled at once; nothing more is charged.</li>
			</ul>
			<Form
				form={form}
				label="Delete the account"
				submit="Delete for good"
				pending="Deleting…"
				variant="danger"
				aside={<Button onClick={onClose}>Keep it</Button>}
			>
				<HiddenUsername email={user.email} />
				<Field
					label={
						<>
							Type <em>{CONFIRMATION_WORD}</em>
						</>
					}
					name="word"
					autoComplete="off"
					autoCapitalize="none"
					required
					error={form.errors.word}
				/>
				<PasswordField autoComplete="current-password" error={form.errors.password} />
			</Form>
		</Dialog>
	);
}
