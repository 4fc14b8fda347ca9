import type { Database } from '../database.sql.ts';
import type { ApiKey, User } from '../generated/client.ts';
import { IS_LIVE } from './api-keys.sql.ts';

/** Returns the key with this SHA-256 (hexadecimal) if it works and its owner is not suspended, else null. */
export async function findLiveKey(
	prisma: Database,
	keyHash: string,
): Promise<(ApiKey & { user: Pick<User, 'plan'> }) | null> {
	const hash = new Uint8Array(Buffer.from(keyHash, 'hex'));
	const rows = await prisma.$queryRaw<unknown[]>`
		SELECT 1 FROM api_keys JOIN users ON users.id = api_keys.user_id
		WHERE api_keys.key_hash = ${hash} AND users.suspended_at IS NULL AND ${IS_LIVE}`;
	if (rows.length === 0) return null;
	return await prisma.apiKey.findUnique({
		where: { keyHash: hash },
		include: { user: { select: { plan: true } } },
	});
}
