import type { User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { describeProblem } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** The email is not confirmed yet; nothing else depends on it. */
export function VerifyHint({ user }: { user: User }) {
	const { mutate, isPending, isSuccess, error } = useMutation({
		mutationFn: () => api.account.resendVerification(),
	});
	if (isSuccess) {
		return (
			<Notice kind="good" title="The mail is on its way">
				Open the link in it within 7 days. Look into the spam folder, too.
			</Notice>
		);
	}
	return (
		<Notice
			title="Your email address is not confirmed yet"
			action={
				<Button small aria-disabled={isPending} onClick={() => !isPending && mutate()}>
					{isPending ? 'Sending…' : 'Send the mail again'}
				</Button>
			}
		>
			{error ? describeProblem(error) : `We sent a link to ${user.email} when you signed up.`}
		</Notice>
	);
}
