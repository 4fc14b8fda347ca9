import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { refreshUser } from '../api/account-queries.ts';
import { api } from '../api/client.ts';
import { hasCode } from '../api/failure-message.ts';
import { Form } from '../forms/form.tsx';
import { NewPasswordField } from '../forms/new-password-field.tsx';
import { refusedFields, useForm } from '../forms/use-form.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { useEmailLinkToken } from './email-link-token.ts';
import { SignInLayout } from './sign-in-layout.tsx';

const USED_LINK = 'This link has expired or was already used. Request a new one.';

const REQUEST_LINK = <ButtonLink to="/forgot-password">Request a new link</ButtonLink>;

const isUsedLink = (error: unknown) => refusedFields(error, ['token']).token !== undefined;

/**
 * Checks once, when the page opens, whether its link has expired or was used. The API checks the token before the password and accepts no
 * empty password, so the check never uses the link. Until the response, the link counts as valid.
 */
function useIsLinkUsed(token: string | undefined): boolean {
	const { data = false } = useQuery({
		queryKey: ['reset-link', token],
		queryFn: async ({ signal }) => {
			try {
				await api.account.resetPassword({ token: token ?? '', new_password: '' }, { signal });
			} catch (error) {
				if (!hasCode(error, 'validation')) throw error;
				return isUsedLink(error);
			}
			return false;
		},
		enabled: Boolean(token),
		staleTime: Number.POSITIVE_INFINITY,
		// checks again when the user comes back to this page
		gcTime: 0,
	});
	return data;
}

/** Sets a new password with the token of an email link. Remounts when another link is opened in the same tab. */
export function ResetPasswordPage() {
	const token = useEmailLinkToken();
	return <ResetPassword key={token} token={token} />;
}

function ResetPassword({ token }: { token: string | undefined }) {
	const [isDone, setDone] = useState(false);
	const isUsed = useIsLinkUsed(token);
	const form = useForm({
		fields: ['new_password'],
		call: ({ new_password = '' }) => api.account.resetPassword({ token: token ?? '', new_password }),
		onDone: async () => {
			// the reset ended all sessions of its account, which may not be this browser's account: refetching the user shows whether this
			// session has ended
			await refreshUser();
			setDone(true);
		},
		describeError: (error) => (isUsedLink(error) ? USED_LINK : undefined),
	});
	const isUsable = Boolean(token) && !isUsed;
	return (
		<SignInLayout
			title="Set a new password"
			{...(isUsable &&
				!isDone && { intro: 'This signs you out everywhere. Then sign in with the new password.' })}
			others={
				!isDone && (
					<>
						Changed your mind? <Link to="/sign-in">Sign in</Link>
					</>
				)
			}
		>
			{isDone ? (
				<Notice kind="good" title="Password set" action={<ButtonLink to="/sign-in">Sign in</ButtonLink>}>
					All devices were signed out of this account.
				</Notice>
			) : isUsable ? (
				<Form
					form={form}
					label="Set a new password"
					submit="Set password"
					pending="Setting…"
					help={form.problem === USED_LINK && REQUEST_LINK}
				>
					<NewPasswordField label="New password" name="new_password" error={form.errors.new_password} />
				</Form>
			) : (
				<UnusableLink isUsed={isUsed} />
			)}
		</SignInLayout>
	);
}

/** Says why the link can’t be used, and offers a new one. */
function UnusableLink({ isUsed }: { isUsed: boolean }) {
	return isUsed ? (
		<Notice kind="bad" title="This link has expired or was already used" action={REQUEST_LINK}>
			A link works once and expires in 30 minutes.
		</Notice>
	) : (
		<Notice kind="warn" title="This link is incomplete" action={REQUEST_LINK}>
			Open the whole link from the email.
		</Notice>
	);
}
