import type { Prisma } from '../generated/client.ts';

/** From now on strangers' failures do not slow sign-ins from there. Returns whether the network was not known before. */
export async function rememberNetwork(
	tx: Pick<Prisma.TransactionClient, '$queryRaw'>,
	{ userId, network, at }: { userId: string; network: string; at: Date },
): Promise<boolean> {
	const [row] = await tx.$queryRaw<{ is_new: boolean }[]>`
		INSERT INTO known_networks (user_id, network, last_signed_in_at) VALUES (${userId}, ${network}, ${at})
		ON CONFLICT (user_id, network) DO UPDATE SET last_signed_in_at = excluded.last_signed_in_at
		RETURNING xmax = 0 AS is_new`;
	return row?.is_new ?? false;
}
