import type { LeaseStore } from '../domain/settle-revocations.ts';
import type { PrismaClient } from '../generated/client.ts';

interface FenceRow {
	remaining_ms: number;
}

/** All times are the database's, as those of it happen in the transaction order that fencing relies on. */
export function createLeaseStore(prisma: PrismaClient): LeaseStore {
	return {
		async renew(id, callbackUrl, durationMs) {
			// The greatest, as of two renewals on their way at once the older may be written last.
			const written = await prisma.$executeRaw`
				INSERT INTO gateway_leases AS lease (id, callback_url, expires_at)
				VALUES (${id}, ${callbackUrl}, clock_timestamp() + make_interval(secs => ${durationMs / 1000}::float8))
				ON CONFLICT (id) DO UPDATE SET
					callback_url = excluded.callback_url,
					expires_at = greatest(lease.expires_at, excluded.expires_at)
				WHERE lease.fenced_at IS NULL`;
			return written > 0;
		},
		async list() {
			const rows = await prisma.$queryRaw<{ id: string; callback_url: string; is_fenced: boolean }[]>`
				SELECT id, callback_url, fenced_at IS NOT NULL AS is_fenced FROM gateway_leases
				WHERE fenced_at IS NULL OR expires_at > clock_timestamp()`;
			return rows.map((row) => ({
				id: row.id,
				callbackUrl: row.callback_url,
				isFenced: row.is_fenced,
			}));
		},
		async fence(id) {
			const [row] = await prisma.$queryRaw<FenceRow[]>`
				UPDATE gateway_leases SET fenced_at = coalesce(fenced_at, clock_timestamp()) WHERE id = ${id}
				RETURNING greatest(0, extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 AS remaining_ms`;
			return row?.remaining_ms ?? 0;
		},
		async release(id) {
			await prisma.$executeRaw`
				UPDATE gateway_leases
				SET expires_at = clock_timestamp(), fenced_at = coalesce(fenced_at, clock_timestamp()) WHERE id = ${id}`;
		},
	};
}
