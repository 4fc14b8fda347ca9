import { deleteMe } from '@creatorr/contracts/auth';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import type { MailLimits } from '../mails/mails.sql.ts';
import type { CheckPasswordDeps } from '../password-check/check-password.ts';
import { confirmOwner, wrongPassword } from '../password-check/confirm-owner.ts';
import { deleteAccount } from './delete-account.sql.ts';

interface DeleteAccountDeps extends CheckPasswordDeps, PropagateDeps {
	mailLimits: MailLimits;
}

/**
 * Deletes the account. Its email is free at once and the other services are notified. Responds when no gateway accepts its sessions and
 * API keys.
 * Throws like {@link confirmOwner}.
 */
export function deleteMeRoute(deps: DeleteAccountDeps): Route {
	return defineRoute(deleteMe, async (input) => {
		const { user, body } = input;
		const requester = requesterOf(input);
		const { passwordHash } = await confirmOwner(deps, { user, password: body.password, ...requester });
		const deleted = await deleteAccount(
			deps.prisma,
			{ userId: user.id, verifiedHash: passwordHash },
			{ client: requester.client, noticesPerHour: deps.mailLimits.perEmail },
		);
		if (!deleted) throw wrongPassword();
		crashPoint('auth.delete.committed');
		deps.logger.info('security.account_deleted', { user_id: user.id, sessions: deleted.revokedCount });
		await propagateChanges(deps, { sessionIds: deleted.pendingIds, keyChanges: deleted.keyChanges });
		crashPoint('auth.delete.propagated');
	});
}
