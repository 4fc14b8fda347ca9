import type { User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { failureMessage } from '../api/failure-message.ts';
import { requireUser } from '../sign-in/require-user.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import styles from './account-page.module.css';
import { DeleteAccountSection } from './delete-account-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { PlanSection } from './plan-section.tsx';
import { Section } from './section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { UsageSection } from './usage-section.tsx';
import { WebhooksSection } from './webhooks-section.tsx';

/** The account page: email, plan, usage, webhooks, sessions, password, deletion. */
function Account({ user }: { user: User }) {
	usePageTitle('Account');
	return (
		<div className={styles.account}>
			<div className={styles.head}>
				<h1>{user.name ?? 'Your account'}</h1>
				<p>{user.email}</p>
				{!user.email_verified && <VerifyHint user={user} />}
			</div>
			<PlanSection user={user} />
			<UsageSection user={user} />
			<ApiKeysSection />
			<WebhooksSection />
			<SessionsSection user={user} />
			<PasswordSection user={user} />
			<DeleteAccountSection user={user} />
		</div>
	);
}

function ApiKeysSection() {
	return (
		<Section title="API keys" intro="For programs that use the API.">
			<ButtonLink to="/account/api-keys">Manage API keys</ButtonLink>
		</Section>
	);
}

export const AccountPage = requireUser(Account);

/** Offers to send the verification email again. */
function VerifyHint({ user }: { user: User }) {
	const { mutate, isPending, isSuccess, error } = useMutation({
		mutationFn: () => api.account.resendVerification(),
	});
	if (isSuccess) {
		return (
			<Notice kind="good" title="Email sent">
				Open the link within 7 days. Can’t find it? Check your spam folder.
			</Notice>
		);
	}
	return (
		<Notice
			title="Verify your email address"
			action={
				<Button small aria-disabled={isPending} onClick={() => !isPending && mutate()}>
					{isPending ? 'Sending…' : 'Resend email'}
				</Button>
			}
		>
			{error
				? failureMessage(error)
				: `Until then, you can store less and process fewer files at the same time, and you can’t create API keys or webhooks. Open the link that we sent to ${user.email} when you signed up.`}
		</Notice>
	);
}
