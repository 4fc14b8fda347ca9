import type { User } from '@creatorr/client';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/problem.ts';
import { session } from '../../api/session.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { HiddenUsername } from '../../forms/hidden-username.tsx';
import { PasswordField } from '../../forms/password-field.tsx';
import { useForm } from '../../forms/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toasts.ts';
import styles from './delete-account-dialog.module.css';

const WORD = 'delete';

/** Not the right word: nothing was asked of the API. */
class NotMeant extends Error {}

/** Says what goes, and wants the password and a typed word for it. */
export function DeleteAccountDialog({ user, onClose }: { user: User; onClose: () => void }) {
	const form = useForm({
		fields: ['word', 'password'],
		call: async ({ word = '', password = '' }) => {
			if (word.trim().toLowerCase() !== WORD) throw new NotMeant();
			await api.account.delete(password);
		},
		onDone: () => {
			session.signOut();
			toast({ text: 'Your account is deleted.', stays: true });
		},
		fieldErrorsOf: (error) => {
			if (error instanceof NotMeant) return { word: `Type the word ${WORD}.` };
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
				look="danger"
				aside={<Button onClick={onClose}>Keep it</Button>}
			>
				<HiddenUsername email={user.email} />
				<Field
					label={
						<>
							Type <em>{WORD}</em>
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
