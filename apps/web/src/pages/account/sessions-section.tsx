import type { User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { dropSession, useSessions } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { useRemoval, useStaying } from '../../api/removals.ts';
import { session } from '../../api/session.ts';
import { tellFailure } from '../../api/tell-failure.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Section } from '../../ui/section.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { toast } from '../../ui/toasts.ts';
import { useFocusAfterRemoval } from '../../ui/use-focus-after-removal.ts';
import { SessionRow } from './session-row.tsx';
import styles from './sessions-section.module.css';

/** Where one is signed in, and how to end it: one by one, or all at once. */
export function SessionsSection({ user }: { user: User }) {
	const { data, error, refetch } = useSessions(user.id);
	const sessions = useStaying(user.id, 'session', data ?? []);
	useFocusAfterRemoval(sessions.length);

	const endOne = useRemoval(user.id, 'session', {
		remove: (id) => api.account.endSession(id),
		async onRemoved(id) {
			await dropSession(user.id, id);
			toast({ text: 'The session was ended.' });
		},
		onFailure: (error) => tellFailure('The session was not ended.', error),
	});

	const endAll = useMutation({
		mutationFn: () => api.account.logoutAll(),
		onSuccess: () => {
			session.signOut();
			toast({ text: 'You are signed out everywhere.' });
		},
		onError: (refusal) => tellFailure('Nothing was ended.', refusal),
	});

	return (
		<Section title="Where you are signed in" intro="End what you don’t know, and then change your password.">
			{!data && !error && <Spinner label="Loading the sessions" />}
			{error && !data && (
				<ProblemNotice what="Your sessions can’t be loaded" error={error} onRetry={refetch} />
			)}
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
