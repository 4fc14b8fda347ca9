import type { RawExecutor, RawQuerier } from './prisma-types.ts';

/** What an operator did by a command. */
export interface OperatorAction {
	/** Who, as they named themselves. */
	operator: string;
	action: string;
	/** Null where it was done to nobody, which is kept only where the table allows it. */
	userId: string | null;
	/** What it was done to, where it was one thing. */
	subject?: string;
	/** Absent where somebody only looked. */
	reason?: string;
}

interface KeptAction {
	occurred_at: Date;
	operator: string;
	action: string;
	subject: string | null;
	reason: string | null;
}

/** Kept for so long, as the security events of auth are by default. */
const KEPT_DAYS = 365;
const BATCH_SIZE = 10_000;
const SHOWN = 20;

/** Keeps it if and only if the transaction commits. */
export async function recordOperatorAction(
	tx: RawExecutor,
	{ operator, action, userId, subject, reason }: OperatorAction,
): Promise<void> {
	await tx.$executeRaw`
		INSERT INTO operator_actions (operator, action, user_id, subject, reason)
		VALUES (${operator}, ${action}, ${userId}, ${subject ?? null}, ${reason ?? null})`;
}

/** What was last done to a user or looked at, the newest first. */
export async function readOperatorActions(prisma: RawQuerier, userId: string): Promise<KeptAction[]> {
	return await prisma.$queryRaw<KeptAction[]>`
		SELECT occurred_at, operator, action, subject, reason FROM operator_actions
		WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${SHOWN}`;
}

/** For when the user is gone. */
export async function forgetOperatorActions(tx: RawExecutor, userId: string): Promise<void> {
	await tx.$executeRaw`DELETE FROM operator_actions WHERE user_id = ${userId}`;
}

/** Forgets the oldest, in parts; answers how many. */
export async function pruneOperatorActions(prisma: RawExecutor): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM operator_actions WHERE id IN (
			SELECT id FROM operator_actions WHERE occurred_at < now() - make_interval(days => ${KEPT_DAYS}::int)
			ORDER BY occurred_at LIMIT ${BATCH_SIZE})`;
}
