import type { User } from '@creatorr/client';
import { useState } from 'react';
import { useBilling } from '../api/account-queries.ts';
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
import { hasOpenSubscription } from './subscription-text.ts';

export function DeleteAccountSection({ user }: { user: User }) {
	const [isOpen, setOpen] = useState(false);
	const { data: billing } = useBilling(user.id);
	const isSubscribed = billing ? hasOpenSubscription(billing) : user.plan === 'pro';
	return (
		<Section title="Delete account" intro="This can’t be undone.">
			<p>Deletes all your files and your history{isSubscribed && ', and cancels your subscription'}.</p>
			<Button variant="danger" onClick={() => setOpen(true)}>
				Delete account…
			</Button>
			{isOpen && (
				<DeleteAccountDialog user={user} isSubscribed={isSubscribed} onClose={() => setOpen(false)} />
			)}
		</Section>
	);
}

const CONFIRMATION_WORD = 'delete';

/** The confirmation word is wrong. No request was sent. */
class WrongConfirmation extends Error {}

/** Says what is deleted and asks for the password and a confirmation word. */
function DeleteAccountDialog({
	user,
	isSubscribed,
	onClose,
}: {
	user: User;
	isSubscribed: boolean;
	onClose: () => void;
}) {
	const form = useForm({
		fields: ['word', 'password'],
		call: async ({ word = '', password = '' }) => {
			if (word.trim().toLowerCase() !== CONFIRMATION_WORD) throw new WrongConfirmation();
			await api.account.delete(password);
		},
		onDone: () => {
			session.signOut();
			toast({ text: 'Account deleted.', stays: true });
		},
		fieldErrorsOf: (error) => {
			if (error instanceof WrongConfirmation) return { word: `Type “${CONFIRMATION_WORD}” to confirm.` };
			return hasCode(error, 'invalid_credentials') ? { password: 'Incorrect password.' } : undefined;
		},
	});
	return (
		<Dialog title="Delete your account?" onClose={onClose}>
			<ul className={styles.goes}>
				<li>You’re signed out everywhere and can’t sign in again.</li>
				<li>All your files are deleted, results included.</li>
				<li>Processing stops, and your history is deleted.</li>
				{isSubscribed && <li>Your subscription is canceled immediately. You won’t be charged again.</li>}
			</ul>
			<Form
				form={form}
				label="Delete account"
				submit="Delete permanently"
				pending="Deleting…"
				variant="danger"
				aside={<Button onClick={onClose}>Cancel</Button>}
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
