import { createHash } from 'node:crypto';
import type { Database, Tx } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { definePruneTask } from '../prune-task.ts';

const HOUR_SECONDS = 3600;

/** Hourly limit of one kind of request, such as mails or registrations. All of them may come at once. */
export interface HourlyQuota {
	key: string;
	perHour: number;
}

/** Returns a key with a digest, because the table must not contain emails. */
export function emailKey(email: string): string {
	return `email ${createHash('sha256').update(email).digest('base64url')}`;
}

/**
 * Column: when the quota is full again, the theoretical arrival time of the generic cell rate algorithm. Release 0.3.0 calls
 * it `used_to` and writes it during a rolling upgrade.
 */
export const FULL_AT = Prisma.raw('used_to');

/** Takes one from the quota. Returns 0, or the seconds until one is available. */
export async function consumeHourlyQuota(tx: Tx, { key, perHour }: HourlyQuota): Promise<number> {
	const stepSeconds = HOUR_SECONDS / perHour;
	const taken = await tx.$queryRaw<unknown[]>`
		INSERT INTO mail_allowances AS stored (key, ${FULL_AT})
		VALUES (${key}, now() + make_interval(secs => ${stepSeconds}::float8))
		ON CONFLICT (key) DO UPDATE
			SET ${FULL_AT} = greatest(stored.${FULL_AT}, now()) + make_interval(secs => ${stepSeconds}::float8)
			WHERE stored.${FULL_AT} + make_interval(secs => ${stepSeconds}::float8)
				<= now() + make_interval(secs => ${HOUR_SECONDS}::float8)
		RETURNING 1`;
	if (taken.length > 0) return 0;
	const [row] = await tx.$queryRaw<{ seconds: number }[]>`
		SELECT extract(epoch FROM ${FULL_AT} - now())::float8 - ${HOUR_SECONDS - stepSeconds}::float8 AS seconds
		FROM mail_allowances WHERE key = ${key}`;
	return Math.max(1, Math.ceil(row?.seconds ?? 1));
}

/** Takes one from the quota, even if none is available yet. Returns the seconds until the mail may be sent. */
export async function reserveHourlyQuota(tx: Tx, { key, perHour }: HourlyQuota): Promise<number> {
	const stepSeconds = HOUR_SECONDS / perHour;
	const [row] = await tx.$queryRaw<{ seconds: number }[]>`
		INSERT INTO mail_allowances AS stored (key, ${FULL_AT})
		VALUES (${key}, now() + make_interval(secs => ${stepSeconds}::float8))
		ON CONFLICT (key) DO UPDATE
			SET ${FULL_AT} = greatest(stored.${FULL_AT}, now()) + make_interval(secs => ${stepSeconds}::float8)
		RETURNING extract(epoch FROM stored.${FULL_AT} - now())::float8 - ${HOUR_SECONDS}::float8 AS seconds`;
	return Math.max(0, row?.seconds ?? 0);
}

export const pruneHourlyQuotas = definePruneTask<{ prisma: Database }>(
	'prune_mail_allowances',
	({ prisma }, batchSize) => prisma.$executeRaw`
		DELETE FROM mail_allowances WHERE key IN (
			SELECT key FROM mail_allowances WHERE ${FULL_AT} < now() LIMIT ${batchSize})`,
);
