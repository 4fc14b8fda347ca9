import type { SignedIn } from '@creatorr/client';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/problem.ts';
import { session } from '../../api/session.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { NewPasswordField } from '../../forms/new-password-field.tsx';
import { useForm } from '../../forms/use-form.ts';

/** Makes an account and signs in with it, wherever it stands. */
export function SignUpForm({ onDone }: { onDone?: (signedIn: SignedIn) => void }) {
	const form = useForm({
		fields: ['name', 'email', 'password'],
		call: ({ name = '', email = '', password = '' }) =>
			api.account.register({ email, password, ...(name.trim() && { name: name.trim() }) }),
		onDone: (signedIn) => {
			session.signIn(signedIn);
			onDone?.(signedIn);
		},
		fieldErrorsOf: (error) =>
			hasCode(error, 'email_taken')
				? { email: 'There is an account with this email: sign in instead.' }
				: undefined,
	});
	return (
		<Form form={form} label="Create an account" submit="Create account" pending="Creating your account…">
			<Field
				label="Email"
				name="email"
				type="email"
				autoComplete="username"
				inputMode="email"
				required
				error={form.errors.email}
			/>
			<NewPasswordField error={form.errors.password} />
			<Field
				label="Name (optional)"
				name="name"
				autoComplete="name"
				maxLength={255}
				error={form.errors.name}
			/>
		</Form>
	);
}
