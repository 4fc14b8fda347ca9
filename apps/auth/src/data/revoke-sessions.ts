import type { RevokeResult, SessionScope } from '../domain/stores.ts';
import type { Prisma } from '../generated/client.ts';

/** Revokes what is alive in the scope, and lists it with what earlier revocations have left unsettled there. */
export async function revokeSessions(
	tx: Prisma.TransactionClient,
	{ userId, only, except }: SessionScope,
): Promise<RevokeResult> {
	const revokedCount = await tx.$executeRaw`
		WITH revoked AS (
			UPDATE sessions SET revoked_at = now()
			WHERE user_id = ${userId} AND revoked_at IS NULL AND expires_at > now()
				AND id = coalesce(${only ?? null}, id) AND id IS DISTINCT FROM ${except ?? null}
			RETURNING id, user_id
		)
		INSERT INTO revocations (session_id, user_id) SELECT id, user_id FROM revoked`;
	const unsettled = await tx.revocation.findMany({
		where: {
			userId,
			...(only === undefined ? {} : { sessionId: only }),
			...(except === undefined ? {} : { NOT: { sessionId: except } }),
		},
		select: { sessionId: true },
	});
	return { revokedCount, unsettledIds: unsettled.map(({ sessionId }) => sessionId) };
}
