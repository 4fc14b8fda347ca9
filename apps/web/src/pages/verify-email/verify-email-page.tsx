import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { refreshUser } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { describeProblem, hasCode } from '../../api/problem.ts';
import { useUser } from '../../api/session.ts';
import { Entrance } from '../../shell/entrance.tsx';
import { useMailedToken } from '../../shell/use-mailed-token.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { PasswordForm } from './password-form.tsx';

/** Verifies the email address with the link of a mail: at once with a session of the account, else with its password. */
export function VerifyEmailPage() {
	const token = useMailedToken();
	return (
		<Entrance title="Confirm your email address">
			<Outcome key={token} token={token} />
		</Entrance>
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
		// a link works once: what came of it is not asked again
		staleTime: Number.POSITIVE_INFINITY,
		refetchOnWindowFocus: false,
		refetchOnReconnect: false,
	});
	const onwards = user ? (
		<ButtonLink to="/account">To your account</ButtonLink>
	) : (
		<ButtonLink to="/sign-in">Sign in</ButtonLink>
	);
	if (token === undefined) {
		return (
			<Notice kind="warn" title="There is no link in this address" action={onwards}>
				Open the whole link in the email.
			</Notice>
		);
	}
	if (isSuccess || isDone) {
		return (
			<Notice kind="good" title="Thank you, your email address is confirmed" action={onwards}>
				All other sessions of this account were signed out.
			</Notice>
		);
	}
	if (hasCode(error, 'validation')) return <UselessLink action={onwards} />;
	if (hasCode(error, 'invalid_credentials')) {
		return (
			<PasswordForm token={token} onDone={() => setDone(true)} useless={<UselessLink action={onwards} />} />
		);
	}
	if (error) {
		return (
			<Notice
				kind="bad"
				title="That didn’t work"
				action={<Button onClick={() => void refetch()}>Try again</Button>}
			>
				{describeProblem(error)}
			</Notice>
		);
	}
	return <Spinner label="Confirming" />;
}

function UselessLink({ action }: { action: ReactNode }) {
	return (
		<Notice kind="bad" title="This link has expired or was already used" action={action}>
			If you opened it before, your address is confirmed. If not, ask for another link in your account.
		</Notice>
	);
}
