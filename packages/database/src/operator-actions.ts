import type { RawExecutor, RawQueryClient } from './prisma-types.ts';

/** An action of an operator. */
export interface OperatorAction {
	/** Name of the operator, as given. */
	operator: string;
	action: string;
	/** Null for an action without a user, if the table allows it. */
	userId: string | null;
	/** What the action applied to, if it was one thing. */
	subject?: string;
	/** Absent for read-only actions. */
	reason?: string;
}

interface RecordedAction {
	occurred_at: Date;
	operator: string;
	action: string;
	subject: string | null;
	reason: string | null;
}

/** The default retention of auth's security events. */
const RETENTION_DAYS = 365;
const BATCH_SIZE = 10_000;
const SHOWN = 20;

/** Records the action if the transaction commits. */
export async function recordOperatorAction(
	tx: RawExecutor,
	{ operator, action, userId, subject, reason }: OperatorAction,
): Promise<void> {
	await tx.$executeRaw`
		INSERT INTO operator_actions (operator, action, user_id, subject, reason)
		VALUES (${operator}, ${action}, ${userId}, ${subject ?? null}, ${reason ?? null})`;
}

/** Returns the latest actions on a user, newest first. */
export async function readOperatorActions(prisma: RawQueryClient, userId: string): Promise<RecordedAction[]> {
	return await prisma.$queryRaw<RecordedAction[]>`
		SELECT occurred_at, operator, action, subject, reason FROM operator_actions
		WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${SHOWN}`;
}

/** Deletes the actions on a deleted user. */
export async function deleteOperatorActions(tx: RawExecutor, userId: string): Promise<void> {
	await tx.$executeRaw`DELETE FROM operator_actions WHERE user_id = ${userId}`;
}

/** Deletes one batch of actions whose retention period has ended, the oldest first. Returns their number. */
export async function pruneOperatorActions(prisma: RawExecutor): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM operator_actions WHERE id IN (
			SELECT id FROM operator_actions WHERE occurred_at < now() - make_interval(days => ${RETENTION_DAYS}::int)
			ORDER BY occurred_at LIMIT ${BATCH_SIZE})`;
}
