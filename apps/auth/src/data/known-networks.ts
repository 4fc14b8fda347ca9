import type { Prisma } from '../generated/client.ts';

/** From now on strangers' failures do not slow sign-ins from there. */
export async function rememberNetwork(
	tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
	{ userId, network, at }: { userId: string; network: string; at: Date },
): Promise<void> {
	await tx.$executeRaw`
		INSERT INTO known_networks (user_id, network, last_signed_in_at) VALUES (${userId}, ${network}, ${at})
		ON CONFLICT (user_id, network) DO UPDATE SET last_signed_in_at = excluded.last_signed_in_at`;
}
