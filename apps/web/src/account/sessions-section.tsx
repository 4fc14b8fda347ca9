import type { Session, User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { removeCachedSession, useSessions } from '../api/account-queries.ts';
import { api } from '../api/client.ts';
import { toastFailure } from '../api/failure-message.ts';
import { useRemoval, useWithoutRemoved } from '../api/optimistic-removal.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { session } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { useFocusAfterRemoval } from '../ui/focus.ts';
import { formatDateTime } from '../ui/format.ts';
import { Spinner } from '../ui/spinner.tsx';
import { toast } from '../ui/toasts.ts';
import { Section } from './section.tsx';
import styles from './sessions-section.module.css';
import { describeUserAgent } from './user-agent.ts';

/** Lists the sessions and ends one or all of them. */
export function SessionsSection({ user }: { user: User }) {
	const { data, error, refetch } = useSessions(user.id);
	const sessions = useWithoutRemoved(user.id, 'session', data ?? []);
	useFocusAfterRemoval(sessions.length);

	const endOne = useRemoval(user.id, 'session', {
		remove: (id) => api.account.endSession(id),
		async onRemoved(id) {
			await removeCachedSession(user.id, id);
			toast({ text: 'That device was signed out.' });
		},
		onFailure: (failure) => toastFailure('Couldn’t sign out the device.', failure),
	});

	const endAll = useMutation({
		mutationFn: () => api.account.logoutAll(),
		onSuccess: () => {
			session.signOut();
			toast({ text: 'You’re signed out everywhere.' });
		},
		onError: (failure) => toastFailure('Couldn’t sign out your devices.', failure),
	});

	return (
		<Section title="Signed-in devices" intro="Sign out any you don’t recognize, then change your password.">
			{!data && !error && <Spinner label="Loading devices" />}
			{error && !data && <ProblemNotice what="Couldn’t load your devices" error={error} onRetry={refetch} />}
			{data && (
				<>
					<ul className={styles.sessions}>
						{sessions.map((one) => (
							<li key={one.id}>
								<SessionRow session={one} onEnd={() => endOne.mutate(one.id)} />
							</li>
						))}
					</ul>
					<Button aria-disabled={endAll.isPending} onClick={() => !endAll.isPending && endAll.mutate()}>
						{endAll.isPending ? 'Signing out…' : 'Sign out everywhere'}
					</Button>
				</>
			)}
		</Section>
	);
}

/** A session. The current one has no button: the menu signs it out. */
function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
	const name = describeUserAgent(session.user_agent);
	return (
		<div className={styles.row}>
			<div>
				<p className={styles.name}>
					{name}
					{session.current && <span className={styles.current}>This device</span>}
				</p>
				<p className={styles.times}>
					Signed in {formatDateTime(session.created_at)} · last used {formatDateTime(session.last_seen_at)}
				</p>
			</div>
			{!session.current && (
				<Button
					small
					aria-label={`Sign out: ${name}, signed in ${formatDateTime(session.created_at)}`}
					onClick={onEnd}
				>
					Sign out
				</Button>
			)}
		</div>
	);
}
