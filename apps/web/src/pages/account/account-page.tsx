import type { User } from '@creatorr/client';
import { requireUser } from '../../shell/require-user.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import styles from './account-page.module.css';
import { DeleteAccountSection } from './delete-account-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { PlanSection } from './plan-section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { UsageSection } from './usage-section.tsx';
import { VerifyHint } from './verify-hint.tsx';

/** All about the account: who one is, the plan and its limits, where one is signed in, the password, the end of it. */
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
			<SessionsSection user={user} />
			<PasswordSection user={user} />
			<DeleteAccountSection user={user} />
		</div>
	);
}

export const AccountPage = requireUser(Account);
