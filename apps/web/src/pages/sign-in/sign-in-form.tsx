import type { SignedIn } from '@creatorr/client';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/problem.ts';
import { session } from '../../api/session.ts';
import { Field } from '../../forms/field.tsx';
import { Form } from '../../forms/form.tsx';
import { PasswordField } from '../../forms/password-field.tsx';
import { useForm } from '../../forms/use-form.ts';

/** Signs in, wherever it stands: on its page, or in a dialog over what goes on afterwards. */
export function SignInForm({
	email,
	isOverPage = false,
	onDone,
}: {
	email?: string;
	/** What lies under it must not be left: another page opens beside it. */
	isOverPage?: boolean;
	onDone?: (signedIn: SignedIn) => void;
}) {
	const form = useForm({
		fields: ['email', 'password'],
		call: ({ email = '', password = '' }) => api.account.login({ email, password }),
		onDone: (signedIn) => {
			session.signIn(signedIn);
			onDone?.(signedIn);
		},
		wordsFor: (error) =>
			hasCode(error, 'invalid_credentials') ? 'This email and this password don’t go together.' : undefined,
	});
	// whose email is known has the password to type
	const { ref } = form.props;
	useEffect(() => {
		const password = email && ref.current?.elements.namedItem('password');
		if (password instanceof HTMLElement) password.focus();
	}, [email, ref]);
	return (
		<Form form={form} label="Sign in" submit="Sign in" pending="Signing in…">
			<Field
				label="Email"
				name="email"
				type="email"
				autoComplete="username"
				inputMode="email"
				defaultValue={email}
				required
				error={form.errors.email}
			/>
			<PasswordField
				autoComplete="current-password"
				error={form.errors.password}
				aside={
					<Link to="/forgot-password" {...(isOverPage && { target: '_blank' })}>
						Forgotten?
					</Link>
				}
			/>
		</Form>
	);
}
