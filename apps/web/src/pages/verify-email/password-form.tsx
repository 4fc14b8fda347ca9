import type { ReactNode } from 'react';
import { useState } from 'react';
import { Link } from 'react-router';
import { refreshUser } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/problem.ts';
import { refusedFields } from '../../forms/field-errors.ts';
import { Form } from '../../forms/form.tsx';
import { PasswordField } from '../../forms/password-field.tsx';
import { useForm } from '../../forms/use-form.ts';

interface Props {
	token: string;
	onDone: () => void;
	/** Shown when the link was used meanwhile. */
	useless: ReactNode;
}

/** Asks for the password of the account whose email address the link confirms. */
export function PasswordForm({ token, onDone, useless }: Props) {
	const [isUseless, setUseless] = useState(false);
	const form = useForm({
		fields: ['password'],
		call: ({ password = '' }) =>
			api.account.verifyEmail(token, { password }).catch((error: unknown) => {
				if (refusedFields(error, ['token']).token) return setUseless(true);
				throw error;
			}),
		onDone: async () => {
			await refreshUser();
			onDone();
		},
		fieldErrorsOf: (error) =>
			hasCode(error, 'invalid_credentials')
				? { password: 'Incorrect password. Check Caps Lock and your keyboard layout, then try again.' }
				: undefined,
	});
	if (isUseless) return useless;
	return (
		<>
			<p>
				Enter the password of this account. We ask because someone else could have signed up with your
				address.
			</p>
			<p>
				Didn’t sign up, or don’t know the password? <Link to="/forgot-password">Forgot password?</Link> lets
				you set a new one, and that confirms your address too.
			</p>
			<Form form={form} label="Confirm your email address" submit="Confirm" pending="Confirming…">
				<PasswordField autoComplete="current-password" error={form.errors.password} />
			</Form>
		</>
	);
}
