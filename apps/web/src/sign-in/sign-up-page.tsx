import type { SignedIn } from '@creatorr/client';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { api } from '../api/client.ts';
import { hasCode } from '../api/failure-message.ts';
import { session } from '../api/session.ts';
import { Field } from '../forms/field.tsx';
import { Form } from '../forms/form.tsx';
import { NewPasswordField } from '../forms/new-password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { nextPath, withNext } from './next-path.ts';
import { SignInLayout } from './sign-in-layout.tsx';

/** Creates an account, then continues at `?next=`. */
export function SignUpPage() {
	const [query] = useSearchParams();
	const navigate = useNavigate();
	const next = nextPath(query.get('next'), location.origin);
	if (session.token()) return <Navigate to={next} replace />;
	return (
		<SignInLayout
			title="Create an account"
			intro="It’s free. You only need an email address and a password."
			others={
				<>
					Already have an account? <Link to={withNext('/sign-in', next)}>Sign in</Link>
				</>
			}
		>
			<SignUpForm onDone={() => void navigate(next, { replace: true })} />
		</SignInLayout>
	);
}

/** The sign-up form, for the page and for dialogs. Signs in with the new account. */
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
				? { email: 'An account with this email already exists. Sign in instead.' }
				: undefined,
	});
	return (
		<Form form={form} label="Create an account" submit="Create account" pending="Creating account…">
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
