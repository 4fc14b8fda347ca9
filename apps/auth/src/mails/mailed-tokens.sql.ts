import { type AccountWithPassword, findAccountById } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import type { TokenMailKind } from './mailed-token.ts';

type TokenHash = Uint8Array<ArrayBuffer>;

/** Returns the account of the token, or null if it is wrong, used or expired. */
export async function findMailedTokenOwner(
	prisma: Database,
	kind: TokenMailKind,
	tokenHash: TokenHash,
): Promise<AccountWithPassword | null> {
	const [row] = await prisma.$queryRaw<{ user_id: string }[]>`
		SELECT user_id FROM mailed_tokens
		WHERE token_hash = ${tokenHash} AND kind = ${kind}::"MailKind" AND expires_at > now()`;
	return row ? await findAccountById(prisma, row.user_id) : null;
}

/** Uses up the token and all others of the same user and kind. Returns its user. Of two concurrent calls one gets null. */
export async function consumeMailedToken(
	tx: Tx,
	kind: TokenMailKind,
	tokenHash: TokenHash,
): Promise<string | null> {
	const [row] = await tx.$queryRaw<{ user_id: string }[]>`
		DELETE FROM mailed_tokens
		WHERE token_hash = ${tokenHash} AND kind = ${kind}::"MailKind" AND expires_at > now()
		RETURNING user_id`;
	if (!row) return null;
	await tx.mailedToken.deleteMany({ where: { userId: row.user_id, kind } });
	return row.user_id;
}

export const pruneMailedTokens = definePruneTask<{ prisma: Database }>(
	'prune_mailed_tokens',
	({ prisma }, batchSize) => prisma.$executeRaw`
		DELETE FROM mailed_tokens WHERE token_hash IN (
			SELECT token_hash FROM mailed_tokens WHERE expires_at < now() LIMIT ${batchSize})`,
);
