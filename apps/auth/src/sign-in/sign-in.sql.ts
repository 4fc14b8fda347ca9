import { inTransaction } from '@creatorr/database/transaction';
import { lockAccount, type VerifiedOwner } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { addNotice } from '../mails/mails.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import type { NewSession } from '../sessions/session-token.ts';

/** Whether the owner has signed in from the network within the last 90 days. */
export async function isKnownNetwork(prisma: Database, userId: string, network: string): Promise<boolean> {
	return (await prisma.knownNetwork.count({ where: { userId, network } })) > 0;
}

/** Remembers a network, so that other people's failures don't throttle sign-ins from it. Returns whether it is new. */
export async function rememberNetwork(
	tx: Tx,
	{ userId, network, at }: { userId: string; network: string; at: Date },
): Promise<boolean> {
	const [row] = await tx.$queryRaw<{ is_new: boolean }[]>`
		INSERT INTO known_networks (user_id, network, last_signed_in_at) VALUES (${userId}, ${network}, ${at})
		ON CONFLICT (user_id, network) DO UPDATE SET last_signed_in_at = excluded.last_signed_in_at
		RETURNING xmax = 0 AS is_new`;
	return row?.is_new ?? false;
}

export async function insertSession(
	tx: Tx,
	session: NewSession,
	{ network, kind }: { network: string; kind: 'registered' | 'signed_in' },
): Promise<{ isNewNetwork: boolean }> {
	const { id, userId, createdAt, clientAddress, userAgent } = session;
	await tx.session.create({ data: { ...session, lastSeenAt: createdAt } });
	const isNewNetwork = await rememberNetwork(tx, { userId, network, at: createdAt });
	const client = { address: clientAddress, userAgent };
	await insertEvent(tx, { kind, userId, sessionId: id, client });
	return { isNewNetwork };
}

/**
 * Opens the session, and mails the owner if the network is new. Returns false, with nothing stored, if the
 * password has changed or the account is deleted or suspended.
 */
export function openSession(
	prisma: Database,
	owner: VerifiedOwner,
	{ session, network, noticesPerHour }: { session: NewSession; network: string; noticesPerHour: number },
): Promise<boolean> {
	return inTransaction(prisma, async (tx) => {
		if (!(await lockAccount(tx, owner))) return false;
		const { isNewNetwork } = await insertSession(tx, session, { network, kind: 'signed_in' });
		if (!isNewNetwork) return true;
		const where = { id: owner.userId };
		const { email } = await tx.user.findUniqueOrThrow({ where, select: { email: true } });
		const client = { address: session.clientAddress, userAgent: session.userAgent };
		await addNotice(tx, { kind: 'new_sign_in', email, client }, noticesPerHour);
		return true;
	});
}

/** Deletes networks that the owner has not signed in from for 90 days. */
export const pruneKnownNetworks = definePruneTask<{ prisma: Database }>(
	'prune_known_networks',
	({ prisma }) => prisma.$executeRaw`
		DELETE FROM known_networks WHERE last_signed_in_at < now() - interval '90 days'`,
);
