import type { User } from '@creatorr/client';
import { refreshSessions } from '../api/account-queries.ts';
import { api } from '../api/client.ts';
import { hasCode } from '../api/failure-message.ts';
import { Form } from '../forms/form.tsx';
import { NewPasswordField } from '../forms/new-password-field.tsx';
import { HiddenUsername, PasswordField } from '../forms/password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { toast } from '../ui/toasts.ts';
import styles from './password-section.module.css';
import { Section } from './section.tsx';

/** Changes the password, which ends all other sessions. */
export function PasswordSection({ user }: { user: User }) {
	const form = useForm({
		fields: ['current_password', 'new_password'],
		call: ({ current_password = '', new_password = '' }) =>
			api.account.changePassword({ current_password, new_password }),
		onDone: (_, element) => {
			element?.reset();
			toast({ text: 'Password changed. All other devices were signed out.' });
			void refreshSessions(user.id);
		},
		fieldErrorsOf: (error) =>
			hasCode(error, 'invalid_credentials') ? { current_password: 'Incorrect password.' } : undefined,
	});
	return (
		<Section title="Password" intro="Changing it signs you out everywhere else.">
			<div className={styles.narrow}>
				<Form
					form={form}
					label="Change password"
					submit="Change password"
					pending="Changing…"
					variant="plain"
				>
					<HiddenUsername email={user.email} />
					<PasswordField
						label="Current password"
						name="current_password"
						autoComplete="current-password"
						error={form.errors.current_password}
					/>
					<NewPasswordField label="New password" name="new_password" error={form.errors.new_password} />
				</Form>
			</div>
		</Section>
	);
}
