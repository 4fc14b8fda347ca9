import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { refreshUser } from '../api/account-queries.ts';
import { api } from '../api/client.ts';
import { failureMessage, hasCode } from '../api/failure-message.ts';
import { useUser } from '../api/session.ts';
import { Form } from '../forms/form.tsx';
import { PasswordField } from '../forms/password-field.tsx';
import { refusedFields, useForm } from '../forms/use-form.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { useEmailLinkToken } from './email-link-token.ts';
import { SignInLayout } from './sign-in-layout.tsx';

/**
 * Verifies the email address with the token of an email link: at once in a session of the account, else with its
 * password.
 */
export function VerifyEmailPage() {
	const token = useEmailLinkToken();
	return (
		<SignInLayout title="Verify your email address">
			<Outcome key={token} token={token} />
		</SignInLayout>
	);
}

function Outcome({ token }: { token: string | undefined }) {
	const user = useUser();
	const [isDone, setDone] = useState(false);
	const { error, isSuccess, refetch } = useQuery({
		queryKey: ['verify-email', token],
		queryFn: async ({ signal }) => {
			await api.account.verifyEmail(token ?? '', { signal });
			await refreshUser();
			return true;
		},
		enabled: token !== undefined,
		// a link works once, so its outcome is never refetched
		staleTime: Number.POSITIVE_INFINITY,
		refetchOnWindowFocus: false,
		refetchOnReconnect: false,
	});
	const nextStep = user ? (
		<ButtonLink to="/account">Go to your account</ButtonLink>
	) : (
		<ButtonLink to="/sign-in">Sign in</ButtonLink>
	);
	if (token === undefined) {
		return (
			<Notice kind="warn" title="This link is incomplete" action={nextStep}>
				Open the whole link from the email.
			</Notice>
		);
	}
	if (isSuccess || isDone) {
		return (
			<Notice kind="good" title="Email address verified" action={nextStep}>
				For your security, all other devices were signed out.
			</Notice>
		);
	}
	if (hasCode(error, 'validation')) return <UsedLink action={nextStep} />;
	if (hasCode(error, 'invalid_credentials')) {
		return (
			<PasswordForm token={token} onDone={() => setDone(true)} usedLink={<UsedLink action={nextStep} />} />
		);
	}
	if (error) {
		return (
			<Notice
				kind="bad"
				title="Verification failed"
				action={<Button onClick={() => void refetch()}>Try again</Button>}
			>
				{failureMessage(error)}
			</Notice>
		);
	}
	return <Spinner label="Verifying" />;
}

function UsedLink({ action }: { action: ReactNode }) {
	return (
		<Notice kind="bad" title="This link has expired or was already used" action={action}>
			If you opened it before, your address is verified. If not, choose “Resend email” in your account.
		</Notice>
	);
}

interface Props {
	token: string;
	onDone: () => void;
	/** Shown when the link was used in the meantime. */
	usedLink: ReactNode;
}

/** Asks for the password of the link's account. */
function PasswordForm({ token, onDone, usedLink }: Props) {
	const [isLinkUsed, setLinkUsed] = useState(false);
	const form = useForm({
		fields: ['password'],
		call: ({ password = '' }) =>
			api.account.verifyEmail(token, { password }).catch((error: unknown) => {
				if (refusedFields(error, ['token']).token) return setLinkUsed(true);
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
	if (isLinkUsed) return usedLink;
	return (
		<>
			<p>To confirm that you created this account, enter the password you chose at sign-up.</p>
			<p>
				Forgot the password? <Link to="/forgot-password">Set a new one</Link>, which also verifies your
				address. Didn’t sign up? Close this page.
			</p>
			<Form form={form} label="Verify your email address" submit="Verify" pending="Verifying…">
				<PasswordField autoComplete="current-password" error={form.errors.password} />
			</Form>
		</>
	);
}
