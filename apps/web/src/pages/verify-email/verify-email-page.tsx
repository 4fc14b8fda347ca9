import { useQuery } from '@tanstack/react-query';
import { refreshUser } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { describeProblem, hasCode } from '../../api/problem.ts';
import { useUser } from '../../api/session.ts';
import { Entrance } from '../../shell/entrance.tsx';
import { useMailedToken } from '../../shell/use-mailed-token.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';

/** Shows with the link of a mail that the email address is the person's. */
export function VerifyEmailPage() {
	return (
		<Entrance title="Confirm your email address">
			<Outcome />
		</Entrance>
	);
}

function Outcome() {
	const token = useMailedToken();
	const user = useUser();
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
				Open the link in the mail, all of it.
			</Notice>
		);
	}
	if (isSuccess) {
		return (
			<Notice kind="good" title="Thank you, your email address is confirmed" action={onwards}>
				If you ever forget your password, a mail to it lets you set a new one.
			</Notice>
		);
	}
	if (hasCode(error, 'validation')) {
		return (
			<Notice kind="bad" title="This link is used or too old" action={onwards}>
				If you opened it before, all is well. If not, ask for another in your account.
			</Notice>
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
