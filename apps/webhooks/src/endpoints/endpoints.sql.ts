import { newEvent, webhookCreated } from '@creatorr/contracts/events';
import type { DisabledReason, EventType } from '@creatorr/contracts/webhooks';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import { lockAgainstDeletion, lockUser } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { Endpoint as Row } from '../generated/client.ts';
import { deleteDeliveries, failBeforeMove, failPending } from './end-deliveries.sql.ts';

/** An endpoint as the API shows it. */
export interface Webhook {
	id: string;
	url: string;
	events: ('*' | EventType)[];
	description?: string;
	status: 'enabled' | 'disabled';
	disabled_reason?: DisabledReason;
	failing_since?: string;
	created_at: string;
}

export interface NewEndpoint {
	id: string;
	userId: string;
	url: string;
	/** Empty: all. */
	events: EventType[];
	description: string | null;
	sealedSecret: string;
}

/** Creates an endpoint and publishes `webhook.created`, so that auth mails the owner, unless the user has `max` already or the account was deleted. */
export async function insertEndpoint(
	prisma: Database,
	endpoint: NewEndpoint,
	max: number,
): Promise<Webhook | 'too_many' | 'deleted'> {
	const { userId } = endpoint;
	return await inTransaction(prisma, async (tx: Tx) => {
		await lockUser(tx, userId);
		if (!(await lockAgainstDeletion(tx, userId))) return 'deleted';
		if ((await tx.endpoint.count({ where: { userId } })) >= max) return 'too_many';
		const { id: webhook_id, url } = endpoint;
		const message = { user_id: userId, webhook_id, host: new URL(url).host };
		await addToOutbox(tx, newEvent(webhookCreated, message, currentRequestId()));
		return toWebhook(await tx.endpoint.create({ data: endpoint }));
	});
}

/** Returns the user's endpoints, newest first. */
export async function findEndpoints(prisma: Database, userId: string): Promise<Webhook[]> {
	const rows = await prisma.endpoint.findMany({ where: { userId }, orderBy: { id: 'desc' } });
	return rows.map(toWebhook);
}

/** Names an endpoint, and the user who must own it. */
export interface OwnedEndpoint {
	id: string;
	userId: string;
}

/** Returns null if there is none, or it belongs to another user. */
export async function findEndpoint(prisma: Database, own: OwnedEndpoint): Promise<Webhook | null> {
	const row = await prisma.endpoint.findFirst({ where: own });
	return row && toWebhook(row);
}

export interface EndpointChange {
	url?: string | undefined;
	events?: EventType[] | undefined;
	description?: string | null | undefined;
	status?: 'enabled' | 'disabled' | undefined;
}

/**
 * Changes an endpoint. Returns null if there is none. A new status resets its health. A new path or query doesn't: the circuit breaker protects
 * the server. A new server fails pending deliveries and begins with a new health; the server before it has its own again if the URL returns.
 */
export async function updateEndpoint(
	prisma: Database,
	own: OwnedEndpoint,
	change: EndpointChange,
): Promise<Webhook | null> {
	const current = await findEndpoint(prisma, own);
	if (!current) return null;
	if (change.url !== undefined && !isSameServer(change.url, current.url))
		await failBeforeMove(prisma, own.id);
	const changed = await inTransaction(prisma, async (tx: Tx) => {
		const before = await lockEndpoint(tx, own);
		if (!before) return null;
		const { url, events, description, status } = change;
		const isMoved = url !== undefined && !isSameServer(url, before.url);
		const resetsHealth = status !== undefined && status !== before.status;
		const row = await tx.endpoint.update({
			where: { id: own.id },
			data: {
				...(url === undefined ? {} : { url }),
				...(events && { events }),
				...(description === undefined ? {} : { description }),
				...(status && { status, disabledReason: status === 'disabled' ? 'user' : null }),
				...((isMoved || resetsHealth) && {
					failures: 0,
					failingSince: null,
					pausedUntil: null,
					slow: false,
					healthEpoch: { increment: 1 },
				}),
				...(isMoved && { previousServer: toPreviousServer(before) }),
				...(isMoved && !resetsHealth && healthAtReturn(url, before.previousServer)),
			},
		});
		return toWebhook(row);
	});
	if (changed?.status === 'disabled') await failPending(prisma, own.id);
	return changed;
}

interface PreviousServer {
	origin: string;
	failures: number;
	pausedUntil: string | null;
}

function toPreviousServer({ url, failures, pausedUntil }: Row) {
	return {
		origin: new URL(url).origin,
		failures,
		pausedUntil: pausedUntil?.toISOString() ?? null,
	} satisfies PreviousServer;
}

/** Returns the health of the server that the URL has returned to, or nothing for another server. */
function healthAtReturn(url: string, previous: unknown): Partial<Pick<Row, 'failures' | 'pausedUntil'>> {
	const server = previous as PreviousServer | null;
	if (server?.origin !== new URL(url).origin) return {};
	return {
		failures: server.failures,
		pausedUntil: server.pausedUntil === null ? null : new Date(server.pausedUntil),
	};
}

/** Returns whether the URLs have the same scheme, host and port. */
function isSameServer(url: string, other: string): boolean {
	return new URL(url).origin === new URL(other).origin;
}

async function lockEndpoint(tx: Tx, { id, userId }: OwnedEndpoint): Promise<Row | null> {
	await tx.$queryRaw`SELECT 1 FROM endpoints WHERE id = ${id} AND user_id = ${userId} FOR NO KEY UPDATE`;
	return await tx.endpoint.findFirst({ where: { id, userId } });
}

/**
 * Deletes an endpoint with its deliveries, of which there may be many. Disables it first, so that nothing more is sent. Returns false if
 * there is none.
 */
export async function deleteEndpoint(prisma: Database, own: OwnedEndpoint): Promise<boolean> {
	const { count } = await prisma.endpoint.updateMany({ where: own, data: { status: 'disabled' } });
	if (count === 0) return false;
	await deleteDeliveries(prisma, own.id);
	await prisma.endpoint.deleteMany({ where: own });
	return true;
}

/** Replaces the secret. The previous one stays in use for `graceSeconds`. Returns false if there is no such endpoint. */
export async function replaceSecret(
	prisma: Database,
	{ id, userId, sealedSecret, graceSeconds }: OwnedEndpoint & { sealedSecret: string; graceSeconds: number },
): Promise<boolean> {
	const count = await prisma.$executeRaw`
		UPDATE endpoints SET previous_sealed_secret = sealed_secret,
			previous_secret_until = now() + make_interval(secs => ${graceSeconds}::float8), sealed_secret = ${sealedSecret}
		WHERE id = ${id} AND user_id = ${userId}`;
	return count > 0;
}

function toWebhook(row: Row): Webhook {
	const { id, url, description, status, disabledReason, failingSince } = row;
	return {
		id,
		url,
		events: row.events.length === 0 ? ['*'] : (row.events as EventType[]),
		...(description !== null && { description }),
		status,
		...(disabledReason !== null && { disabled_reason: disabledReason as DisabledReason }),
		...(failingSince && { failing_since: failingSince.toISOString() }),
		created_at: row.createdAt.toISOString(),
	};
}
