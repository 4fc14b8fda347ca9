import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../api/client.ts';
import { session } from '../api/session.ts';
import { Field } from '../forms/field.tsx';
import { Form } from '../forms/form.tsx';
import { useForm } from '../forms/use-form.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { SignInLayout } from './sign-in-layout.tsx';

/** Requests a password reset email. Answers the same whether or not the account exists. */
export function ForgotPasswordPage() {
	const [sentTo, setSentTo] = useState<string>();
	const form = useForm({
		fields: ['email'],
		call: async ({ email = '' }) => {
			await api.account.forgotPassword(email);
			return email.trim();
		},
		onDone: setSentTo,
	});
	return (
		<SignInLayout
			title="Forgot your password?"
			{...(sentTo === undefined && {
				intro: 'Enter your email address, and we’ll send you a link to set a new password.',
			})}
			others={
				<>
					Remembered it? <Link to="/sign-in">Sign in</Link>
				</>
			}
		>
			{sentTo === undefined ? (
				<Form form={form} label="Forgot password" submit="Send link" pending="Sending…">
					<Field
						label="Email"
						name="email"
						type="email"
						autoComplete="username"
						inputMode="email"
						defaultValue={session.user()?.email}
						required
						error={form.errors.email}
					/>
				</Form>
			) : (
				<>
					<Notice kind="good" title="Check your inbox">
						If {sentTo} has an account, we sent a link there. It works once and expires in 30 minutes.
					</Notice>
					<p>No email after a few minutes? Check your spam folder and the address.</p>
					<Button onClick={() => setSentTo(undefined)}>Use another address</Button>
				</>
			)}
		</SignInLayout>
	);
}
