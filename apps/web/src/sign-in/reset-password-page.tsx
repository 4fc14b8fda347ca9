import { useState } from 'react';
import { Link } from 'react-router';
import { refreshUser } from '../account/account-queries.ts';
import { api } from '../api/client.ts';
import { Form } from '../forms/form.tsx';
import { NewPasswordField } from '../forms/new-password-field.tsx';
import { refusedFields, useForm } from '../forms/use-form.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { useEmailLinkToken } from './email-link-token.ts';
import { SignInLayout } from './sign-in-layout.tsx';

const USED_LINK = 'This link has expired or was already used. Request a new one.';

/** Sets a new password with the token of an email link. Remounts when another link is opened in the same tab. */
export function ResetPasswordPage() {
	const token = useEmailLinkToken();
	return <ResetPassword key={token} token={token} />;
}

function ResetPassword({ token }: { token: string | undefined }) {
	const [isDone, setDone] = useState(false);
	const form = useForm({
		fields: ['new_password'],
		call: ({ new_password = '' }) => api.account.resetPassword({ token: token ?? '', new_password }),
		onDone: async () => {
			// the reset ended all sessions of its account, which may be another one than that of this browser: refetching the user tells
			await refreshUser();
			setDone(true);
		},
		describeError: (error) => (refusedFields(error, ['token']).token ? USED_LINK : undefined),
	});
	const askAgain = <ButtonLink to="/forgot-password">Request a new link</ButtonLink>;
	return (
		<SignInLayout
			title="Set a new password"
			{...(token &&
				!isDone && { intro: 'This signs you out everywhere. Then sign in with the new password.' })}
			others={
				<>
					Changed your mind? <Link to="/sign-in">Sign in</Link>
				</>
			}
		>
			{isDone ? (
				<Notice kind="good" title="Password set" action={<ButtonLink to="/sign-in">Sign in</ButtonLink>}>
					All sessions of this account were signed out.
				</Notice>
			) : token ? (
				<Form
					form={form}
					label="Set a new password"
					submit="Set password"
					pending="Setting…"
					help={form.problem === USED_LINK && askAgain}
				>
					<NewPasswordField label="New password" name="new_password" error={form.errors.new_password} />
				</Form>
			) : (
				<Notice kind="warn" title="This link is incomplete" action={askAgain}>
					Open the whole link from the email.
				</Notice>
			)}
		</SignInLayout>
	);
}
