import type { TokenMailKind } from '../domain/mailed-token.ts';
import type { Prisma } from '../generated/client.ts';

type Tx = Prisma.TransactionClient;
type TokenHash = Uint8Array<ArrayBuffer>;

/** Whose token it is; null when it is wrong, used or expired. */
export async function findMailedTokenUser(
	prisma: Tx,
	kind: TokenMailKind,
	tokenHash: TokenHash,
): Promise<string | null> {
	const [row] = await prisma.$queryRaw<{ user_id: string }[]>`
		SELECT user_id FROM mailed_tokens
		WHERE token_hash = ${tokenHash} AND kind = ${kind}::"MailKind" AND expires_at > now()`;
	return row?.user_id ?? null;
}

/** Uses the token up, and all that the same user has for the same; answers whose it was. Of two at once one gets null. */
export async function takeMailedToken(
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
