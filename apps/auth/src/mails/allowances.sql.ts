import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';

const HOUR_SECONDS = 3600;

/** Mails or registrations per hour. All may come at once. */
export interface Allowance {
	key: string;
	perHour: number;
}

/** Returns a digest, as the table contains no email. */
export function emailKey(email: string): string {
	return `email ${createHash('sha256').update(email).digest('base64url')}`;
}

// The generic cell rate algorithm: `used_to` is its theoretical arrival time, when the allowance is whole again.

/** Takes one from the allowance. Returns 0, or the seconds until one is available. */
export async function consumeAllowance(tx: Transaction, { key, perHour }: Allowance): Promise<number> {
	const stepSeconds = HOUR_SECONDS / perHour;
	const taken = await tx.$queryRaw<unknown[]>`
		INSERT INTO mail_allowances AS mine (key, used_to)
		VALUES (${key}, now() + make_interval(secs => ${stepSeconds}::float8))
		ON CONFLICT (key) DO UPDATE
			SET used_to = greatest(mine.used_to, now()) + make_interval(secs => ${stepSeconds}::float8)
			WHERE mine.used_to + make_interval(secs => ${stepSeconds}::float8)
				<= now() + make_interval(secs => ${HOUR_SECONDS}::float8)
		RETURNING 1`;
	if (taken.length > 0) return 0;
	const [row] = await tx.$queryRaw<{ seconds: number }[]>`
		SELECT extract(epoch FROM used_to - now())::float8 - ${HOUR_SECONDS - stepSeconds}::float8 AS seconds
		FROM mail_allowances WHERE key = ${key}`;
	return Math.max(1, Math.ceil(row?.seconds ?? 1));
}

/** Takes one from the allowance, also a future one. Returns the seconds until the mail may be sent. */
export async function reserveAllowance(tx: Transaction, { key, perHour }: Allowance): Promise<number> {
	const stepSeconds = HOUR_SECONDS / perHour;
	const [row] = await tx.$queryRaw<{ seconds: number }[]>`
		INSERT INTO mail_allowances AS mine (key, used_to)
		VALUES (${key}, now() + make_interval(secs => ${stepSeconds}::float8))
		ON CONFLICT (key) DO UPDATE
			SET used_to = greatest(mine.used_to, now()) + make_interval(secs => ${stepSeconds}::float8)
		RETURNING extract(epoch FROM mine.used_to - now())::float8 - ${HOUR_SECONDS}::float8 AS seconds`;
	return Math.max(0, row?.seconds ?? 0);
}

export const pruneAllowances = definePruneTask<{ prisma: Database }>(
	'prune_mail_allowances',
	({ prisma }, batchSize) => prisma.$executeRaw`
		DELETE FROM mail_allowances WHERE key IN (
			SELECT key FROM mail_allowances WHERE used_to < now() LIMIT ${batchSize})`,
);
