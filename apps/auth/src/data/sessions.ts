import { MAX_LISTED_SESSIONS } from '@creatorr/contracts/auth';
import { inTransaction } from '@creatorr/database/transaction';
import type { SessionStore } from '../domain/stores.ts';
import type { PrismaClient } from '../generated/client.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { insertEvent } from './security-events.ts';

interface CheckRow {
	seen_lately: boolean;
}

export function createSessionStore(prisma: PrismaClient): SessionStore {
	return {
		async listAlive(userId) {
			const seenLast = await prisma.session.findMany({
				where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
				orderBy: { lastSeenAt: 'desc' },
				take: MAX_LISTED_SESSIONS,
				select: { id: true, createdAt: true, lastSeenAt: true, userAgent: true },
			});
			return seenLast.sort((one, other) => (one.id < other.id ? 1 : -1));
		},
		async check(sessionId) {
			const [row] = await prisma.$queryRaw<CheckRow[]>`
				SELECT last_seen_at > now() - interval '1 minute' AS seen_lately FROM sessions
				WHERE id = ${sessionId} AND revoked_at IS NULL AND expires_at > now()`;
			if (row && !row.seen_lately) {
				await prisma.$executeRaw`
					UPDATE sessions SET last_seen_at = now()
					WHERE id = ${sessionId} AND last_seen_at <= now() - interval '1 minute'`;
			}
			return row !== undefined;
		},
		revoke: (scope, event) =>
			inTransaction(prisma, async (tx) => {
				const result = await revokeSessions(tx, scope);
				if (result.revokedCount > 0) await insertEvent(tx, event);
				return result;
			}),
	};
}
