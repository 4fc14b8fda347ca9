import { inTransaction } from '@creatorr/database/transaction';
import type { SuspensionStore } from '../domain/stores.ts';
import type { PrismaClient } from '../generated/client.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { insertEvent } from './security-events.ts';

export function createSuspensionStore(prisma: PrismaClient): SuspensionStore {
	return {
		suspend: ({ userId, by }) =>
			inTransaction(prisma, async (tx) => {
				// The account is locked by this, before its sessions are looked at: whoever signs in comes before it, or is refused.
				const [row] = await tx.$queryRaw<{ since: Date }[]>`
					UPDATE users SET suspended_at = coalesce(suspended_at, now())
					WHERE id = ${userId} RETURNING suspended_at AS since`;
				if (!row) return null;
				await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });
				await insertEvent(tx, { kind: 'account_suspended', userId, sessionId: null, client: null, by });
				return { ...row, ...(await revokeSessions(tx, { userId })) };
			}),
		unsuspend: ({ userId, by }) =>
			inTransaction(prisma, async (tx) => {
				const { count } = await tx.user.updateMany({
					where: { id: userId, suspendedAt: { not: null } },
					data: { suspendedAt: null },
				});
				if (count === 0) return false;
				await insertEvent(tx, { kind: 'account_unsuspended', userId, sessionId: null, client: null, by });
				return true;
			}),
	};
}
