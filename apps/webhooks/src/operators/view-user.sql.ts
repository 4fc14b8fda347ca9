import { readOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import { lockAgainstDeletion } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';

const DELIVERIES_SHOWN = 10;

/**
 * Returns the endpoints of a user with their health and backlog, and the last deliveries, without secrets, or null when the account was
 * deleted. Shows only the host of a URL, because the rest may be secret. Records that the operator viewed it.
 */
export function viewUser(prisma: Database, userId: string, operator: string): Promise<object | null> {
	return inTransaction(prisma, async (tx: Tx) => {
		if (!(await lockAgainstDeletion(tx, userId))) return null;
		const report = {
			user_id: userId,
			endpoints: await readEndpoints(tx, userId),
			last_deliveries: await readDeliveries(tx, userId),
			operator_actions: await readOperatorActions(tx, userId),
		};
		await recordOperatorAction(tx, { operator, action: 'user_viewed', userId });
		return report;
	});
}

async function readEndpoints(tx: Tx, userId: string): Promise<object[]> {
	const endpoints = await tx.endpoint.findMany({ where: { userId }, orderBy: { id: 'desc' } });
	const pending = await tx.$queryRaw<{ id: string; pending: number; next: Date }[]>`
		SELECT endpoint_id AS id, count(*)::int AS pending, min(due_at) AS next FROM deliveries
		WHERE endpoint_id = ANY(${endpoints.map(({ id }) => id)}::text[]) AND due_at IS NOT NULL GROUP BY endpoint_id`;
	return endpoints.map((endpoint) => {
		const { pending: count = 0, next = null } = pending.find(({ id }) => id === endpoint.id) ?? {};
		return {
			id: endpoint.id,
			host: new URL(endpoint.url).host,
			events: endpoint.events.join(' ') || '*',
			status: endpoint.status,
			disabled_reason: endpoint.disabledReason,
			failures: endpoint.failures,
			failing_since: endpoint.failingSince,
			paused_until: endpoint.pausedUntil,
			slow: endpoint.slow,
			pending: count,
			next_attempt_at: next,
			created_at: endpoint.createdAt,
		};
	});
}

/** Reads the latest deliveries to the user's endpoints. Each endpoint uses its index, because none finds deliveries by user. */
async function readDeliveries(tx: Tx, userId: string): Promise<object[]> {
	return await tx.$queryRaw<object[]>`
		SELECT latest.id, latest.endpoint_id, latest.event_id, events.type, latest.status::text, latest.attempt_count,
			latest.response_status, latest.due_at AS next_attempt_at, latest.created_at
		FROM endpoints
		CROSS JOIN LATERAL (
			SELECT * FROM deliveries WHERE endpoint_id = endpoints.id ORDER BY id DESC LIMIT ${DELIVERIES_SHOWN}
		) AS latest
		JOIN events ON events.id = latest.event_id
		WHERE endpoints.user_id = ${userId}
		ORDER BY latest.id DESC LIMIT ${DELIVERIES_SHOWN}`;
}
