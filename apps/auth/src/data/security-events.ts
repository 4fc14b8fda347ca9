import { inTransaction } from '@creatorr/database/transaction';
import { contextRequestId } from '@creatorr/service/context';
import type { SecurityEvent, SecurityEventStore } from '../domain/security-event.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';

/** User agents are cut like those of sessions. */
const USER_AGENT_MAX_CHARACTERS = 512;

/** Keeps the event if and only if the transaction commits; `requestId` when it is not of the request that is going on. */
export async function insertEvent(
	tx: Pick<Prisma.TransactionClient, 'securityEvent'>,
	{ kind, userId, sessionId, client, by }: SecurityEvent,
	requestId = contextRequestId(),
): Promise<void> {
	await tx.securityEvent.create({
		data: {
			kind,
			userId,
			sessionId,
			clientAddress: client?.address ?? null,
			userAgent: client?.userAgent?.slice(0, USER_AGENT_MAX_CHARACTERS) ?? null,
			requestId: requestId ?? null,
			operator: by?.name ?? null,
			reason: by?.reason ?? null,
		},
		select: { id: true },
	});
}

export function createSecurityEventStore(prisma: PrismaClient): SecurityEventStore {
	return {
		record: (event) =>
			inTransaction(prisma, async (tx) => {
				// Asked in any case, so that it takes as long without an account.
				const rows = await tx.$queryRaw<unknown[]>`
					SELECT 1 FROM users WHERE id = ${event.userId ?? ''} FOR KEY SHARE`;
				// An account that was deleted meanwhile is not to be heard of again.
				if (event.userId === null || rows.length > 0) await insertEvent(tx, event);
			}),
	};
}
