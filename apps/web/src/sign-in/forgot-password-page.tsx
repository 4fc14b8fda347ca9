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
			intro="Tell us your email address, and we send you a link to set a new one."
			others={
				<>
					It came back to you? <Link to="/sign-in">Sign in</Link>
				</>
			}
		>
			{sentTo === undefined ? (
				<Form form={form} label="Forgotten password" submit="Send the link" pending="Sending…">
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
						If there is an account for {sentTo}, a link is on its way. It works once, for 30 minutes.
					</Notice>
					<p>Nothing there after a few minutes? Look into the spam folder, or check the address.</p>
					<Button onClick={() => setSentTo(undefined)}>Try another address</Button>
				</>
			)}
		</SignInLayout>
	);
}
