import type { SignedIn } from '@creatorr/client';
import { useEffect } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { api } from '../api/client.ts';
import { hasCode } from '../api/failure-message.ts';
import { session } from '../api/session.ts';
import { Field } from '../forms/field.tsx';
import { Form } from '../forms/form.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { useForm } from '../forms/use-form.ts';
import { nextPath, withNext } from './next-path.ts';
import { SignInLayout } from './sign-in-layout.tsx';

/** Signs in, then continues at `?next=`. */
export function SignInPage() {
	const [query] = useSearchParams();
	const navigate = useNavigate();
	const next = nextPath(query.get('next'), location.origin);
	if (session.token()) return <Navigate to={next} replace />;
	return (
		<SignInLayout
			title="Sign in"
			others={
				<>
					New here? <Link to={withNext('/sign-up', next)}>Create an account</Link>
				</>
			}
		>
			<SignInForm onDone={() => void navigate(next, { replace: true })} />
		</SignInLayout>
	);
}

/** The sign-in form, for the page and for dialogs. */
export function SignInForm({
	email,
	isOverPage = false,
	onDone,
}: {
	email?: string;
	/** In a dialog: links open a new tab, because the page below must not be left. */
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
		describeError: (error) =>
			hasCode(error, 'invalid_credentials') ? 'Incorrect email or password.' : undefined,
	});
	// with a known email, the password is the first thing to type
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
						Forgot password?
					</Link>
				}
			/>
		</Form>
	);
}
