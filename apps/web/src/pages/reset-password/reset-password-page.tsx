import { useState } from 'react';
import { Link } from 'react-router';
import { refreshUser } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { refusedFields } from '../../forms/field-errors.ts';
import { Form } from '../../forms/form.tsx';
import { NewPasswordField } from '../../forms/new-password-field.tsx';
import { useForm } from '../../forms/use-form.ts';
import { Entrance } from '../../shell/entrance.tsx';
import { useMailedToken } from '../../shell/use-mailed-token.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

const USELESS_LINK = 'This link has expired or was already used. Ask for a new one.';

/** Sets a new password with the link of a mail; begins anew when another one is opened in the same tab. */
export function ResetPasswordPage() {
	const token = useMailedToken();
	return <ResetPassword key={token} token={token} />;
}

function ResetPassword({ token }: { token: string | undefined }) {
	const [isDone, setDone] = useState(false);
	const form = useForm({
		fields: ['new_password'],
		call: ({ new_password = '' }) => api.account.resetPassword({ token: token ?? '', new_password }),
		onDone: async () => {
			// it ended every session of that account, which need not be the one that is signed in here: the API says which
			await refreshUser();
			setDone(true);
		},
		wordsFor: (error) => (refusedFields(error, ['token']).token ? USELESS_LINK : undefined),
	});
	const askAgain = <ButtonLink to="/forgot-password">Ask for a new link</ButtonLink>;
	return (
		<Entrance
			title="Set a new password"
			{...(token && !isDone && { intro: 'You will be signed out everywhere, and sign in with the new one.' })}
			others={
				<>
					No need for it? <Link to="/sign-in">Sign in</Link>
				</>
			}
		>
			{isDone ? (
				<Notice
					kind="good"
					title="Your new password is set"
					action={<ButtonLink to="/sign-in">Sign in</ButtonLink>}
				>
					Every session of the account was signed out.
				</Notice>
			) : token ? (
				<Form
					form={form}
					label="Set a new password"
					submit="Set the password"
					pending="Setting it…"
					help={form.problem === USELESS_LINK && askAgain}
				>
					<NewPasswordField label="New password" name="new_password" error={form.errors.new_password} />
				</Form>
			) : (
				<Notice kind="warn" title="There is no link in this address" action={askAgain}>
					Open the link in the mail, all of it.
				</Notice>
			)}
		</Entrance>
	);
}
