import type { Session, User } from '@creatorr/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSessions } from '../../api/account.ts';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/problem.ts';
import { keyOf } from '../../api/query-client.ts';
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
	const queryClient = useQueryClient();
	const { data: sessions, error, refetch } = useSessions(user.id);
	const key = keyOf(user.id, 'sessions');
	useFocusAfterRemoval(sessions?.length ?? 0);

	// off the list at once, and back on it when it did not end
	const endOne = useMutation({
		mutationFn: (id: string) =>
			api.account.endSession(id).catch((refusal) => {
				if (!hasCode(refusal, 'not_found')) throw refusal;
			}),
		onMutate: async (id) => {
			await queryClient.cancelQueries({ queryKey: key });
			const before = queryClient.getQueryData<Session[]>(key);
			queryClient.setQueryData<Session[]>(key, (all) => all?.filter((one) => one.id !== id));
			return { before };
		},
		onError: (refusal, _, context) => {
			queryClient.setQueryData(key, context?.before);
			tellFailure('The session was not ended.', refusal);
		},
		onSuccess: () => toast({ text: 'The session was ended.' }),
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
			{!sessions && !error && <Spinner label="Loading the sessions" />}
			{error && !sessions && (
				<ProblemNotice what="Your sessions can’t be loaded" error={error} onRetry={refetch} />
			)}
			{sessions && (
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
