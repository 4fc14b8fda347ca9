import { accountVerified, newEvent } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { PrismaClient } from '../generated/client.ts';

/** Bounds a statement's time after a long pause; the rest goes next time. */
const BATCH_SIZE = 10_000;
/** Bounds how long the transaction locks accounts; the next run publishes the rest. */
const EVENTS_BATCH_SIZE = 500;
/** More than the longest that settling takes: two pushes and a lease. */
const SETTLING_SECONDS = 30;

/** Removes counters that time has forgiven. */
export async function pruneFailures(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM login_failures WHERE last_failed_at + failures * interval '1 minute' < now()`;
}

/** Removes sessions that nobody can use any more, as their tokens have expired. */
export async function pruneSessions(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() LIMIT ${BATCH_SIZE})`;
}

/** Forgets networks that the owner has not signed in from for 90 days. */
export async function pruneKnownNetworks(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM known_networks WHERE last_signed_in_at < now() - interval '90 days'`;
}

/** Fences instances that have stopped renewing, so that no logout tries to reach them, and removes them a day later. */
export async function pruneLeases(prisma: PrismaClient): Promise<number> {
	await prisma.$executeRaw`
		UPDATE gateway_leases SET fenced_at = now()
		WHERE fenced_at IS NULL AND expires_at < now() - interval '1 minute'`;
	return await prisma.$executeRaw`
		DELETE FROM gateway_leases WHERE fenced_at < now() - interval '1 day'`;
}

/** Sessions whose revocation nobody is settling any more. */
export async function listUnsettled(prisma: PrismaClient): Promise<string[]> {
	const rows = await prisma.$queryRaw<{ session_id: string }[]>`
		SELECT session_id FROM revocations
		WHERE created_at < now() - make_interval(secs => ${SETTLING_SECONDS}::float8) LIMIT ${BATCH_SIZE}`;
	return rows.map((row) => row.session_id);
}

/** Forgets revocations that are settled. */
export async function forgetRevocations(prisma: PrismaClient, sessionIds: string[]): Promise<void> {
	await prisma.revocation.deleteMany({ where: { sessionId: { in: sessionIds } } });
}

/** Forgets the oldest security events, in parts. */
export async function pruneSecurityEvents(prisma: PrismaClient, days: number): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM security_events WHERE id IN (
			SELECT id FROM security_events WHERE occurred_at < now() - make_interval(days => ${Math.ceil(days)}::int)
			ORDER BY occurred_at LIMIT ${BATCH_SIZE})`;
}

export async function pruneMailedTokens(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM mailed_tokens WHERE token_hash IN (
			SELECT token_hash FROM mailed_tokens WHERE expires_at < now() LIMIT ${BATCH_SIZE})`;
}

export async function pruneMailAllowances(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM mail_allowances WHERE key IN (
			SELECT key FROM mail_allowances WHERE used_to < now() LIMIT ${BATCH_SIZE})`;
}

/** Removes keys that verify nothing any more, with their private halves. */
export async function pruneSigningKeys(prisma: PrismaClient): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM signing_keys WHERE expires_at < now() - interval '1 day'`;
}

/**
 * Publishes `account.verified` for accounts that have never had the event: a release without it has verified them, before an
 * upgrade or during one. Returns how many, 0 when none is left.
 */
export async function publishMissedVerifications(prisma: PrismaClient): Promise<number> {
	return await inTransaction(prisma, async (tx) => {
		const rows = await tx.$queryRaw<{ id: string }[]>`
			UPDATE users SET verified_event_queued = true
			WHERE id IN (
				SELECT id FROM users WHERE email_verified_at IS NOT NULL AND NOT verified_event_queued
				LIMIT ${EVENTS_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
			RETURNING id`;
		for (const { id } of rows)
			await addToOutbox(tx, newEvent(accountVerified, { user_id: id }, currentRequestId()));
		return rows.length;
	});
}
