import type { reportApiKeyUse } from '@creatorr/contracts/internal/auth';
import type { BodyOf } from '@creatorr/contracts/operation';
import type { Database } from '../database.sql.ts';

/**
 * Records only uses that are later than the recorded ones, because gateways report in any order. Locks rows in the order of their ids, so
 * that two reports don't deadlock.
 */
export async function recordUse(
	prisma: Database,
	uses: BodyOf<typeof reportApiKeyUse>['uses'],
): Promise<void> {
	const ids = uses.map(({ key_id }) => key_id);
	const times = uses.map(({ used_at }) => used_at);
	const ips = uses.map(({ ip }) => ip);
	await prisma.$executeRaw`
		WITH used AS (
			SELECT * FROM unnest(${ids}::text[], ${times}::timestamptz[], ${ips}::text[]) AS used (id, at, ip)
		), later AS (
			SELECT api_keys.id, least(used.at, now()) AS at, used.ip FROM api_keys JOIN used USING (id)
			WHERE api_keys.last_used_at IS NULL OR api_keys.last_used_at < used.at
			ORDER BY api_keys.id FOR NO KEY UPDATE OF api_keys
		)
		UPDATE api_keys SET last_used_at = later.at, last_used_ip = later.ip FROM later WHERE api_keys.id = later.id`;
}
