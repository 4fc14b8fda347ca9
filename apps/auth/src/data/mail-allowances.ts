import { createHash } from 'node:crypto';
import type { Prisma } from '../generated/client.ts';

type Tx = Pick<Prisma.TransactionClient, '$queryRaw'>;

const HOUR_SECONDS = 3600;

/** So many mails, or registrations, an hour; all of them may be asked for at once. */
export interface Allowance {
	key: string;
	perHour: number;
}

/** Keys are kept for an hour at most, and under a digest. */
export function emailKey(email: string): string {
	return `email ${createHash('sha256').update(email).digest('base64url')}`;
}

/** Takes one off the allowance; returns 0, or the seconds until there is one to take. */
export async function takeFromAllowance(tx: Tx, { key, perHour }: Allowance): Promise<number> {
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

/** As {@link takeFromAllowance}, but always takes: answers in how many seconds there will be one to send. */
export async function takeLaterMail(tx: Tx, { key, perHour }: Allowance): Promise<number> {
	const stepSeconds = HOUR_SECONDS / perHour;
	const [row] = await tx.$queryRaw<{ seconds: number }[]>`
		INSERT INTO mail_allowances AS mine (key, used_to)
		VALUES (${key}, now() + make_interval(secs => ${stepSeconds}::float8))
		ON CONFLICT (key) DO UPDATE
			SET used_to = greatest(mine.used_to, now()) + make_interval(secs => ${stepSeconds}::float8)
		RETURNING extract(epoch FROM mine.used_to - now())::float8 - ${HOUR_SECONDS}::float8 AS seconds`;
	return Math.max(0, row?.seconds ?? 0);
}
