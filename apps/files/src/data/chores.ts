import { randomUUID } from 'node:crypto';
import type { ChoreRecords, Turn } from '../domain/ports.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';

function inMs(ms: number): Prisma.Sql {
	return Prisma.sql`now() + ${ms} * interval '1 millisecond'`;
}

/** Due at once; the column rounds, and half a millisecond from now would be too late for who asks at once. */
function makeDue(name: string): Prisma.Sql {
	return Prisma.sql`INSERT INTO chores (name, due_at) VALUES (${name}, date_trunc('milliseconds', now())) ON CONFLICT DO NOTHING`;
}

/** What was counted, added to what was counted before. */
function totalsWith(counts: Prisma.Sql): Prisma.Sql {
	return Prisma.sql`totals || coalesce((
		SELECT jsonb_object_agg(key, coalesce((totals ->> key)::bigint, 0) + value::bigint)
		FROM jsonb_each_text(${counts})), '{}')`;
}

/** Turns at chores: one process at a time has one, for as long as it holds its lease. */
export function createChoreRecords(prisma: PrismaClient): ChoreRecords {
	const isMine = ({ name, token }: Turn) => Prisma.sql`name = ${name} AND lease_token = ${token}`;
	return {
		async take(name, leaseMs) {
			await prisma.$executeRaw(makeDue(name));
			const token = randomUUID();
			const rows = await prisma.$queryRaw<Pick<Turn, 'position' | 'counts' | 'lastBegunAt'>[]>`
				UPDATE chores SET lease_token = ${token}, lease_until = ${inMs(leaseMs)}, begun_at = coalesce(begun_at, now())
				WHERE name = ${name} AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
				RETURNING position, counts, last_begun_at AS "lastBegunAt"`;
			const [row] = rows;
			return row ? { name, token, ...row } : null;
		},
		async keep(turn, leaseMs) {
			const kept = await prisma.$executeRaw`
				UPDATE chores SET lease_until = ${inMs(leaseMs)}, position = ${turn.position},
					counts = ${JSON.stringify(turn.counts)}::jsonb
				WHERE ${isMine(turn)}`;
			return kept > 0;
		},
		async giveBack(turn) {
			await prisma.$executeRaw`UPDATE chores SET lease_token = NULL, lease_until = NULL WHERE ${isMine(turn)}`;
		},
		async finish(turn, nextInMs) {
			const counts = Prisma.sql`${JSON.stringify(turn.counts)}::jsonb`;
			await prisma.$executeRaw`
				UPDATE chores SET lease_token = NULL, lease_until = NULL, due_at = ${inMs(nextInMs)},
					last_begun_at = begun_at, last_ended_at = now(), last_counts = ${counts}, totals = ${totalsWith(counts)},
					begun_at = NULL, position = '', counts = '{}', failed_at = NULL, failure = NULL
				WHERE ${isMine(turn)}`;
		},
		async fail(turn, { failure, nextInMs }) {
			await prisma.$executeRaw`
				UPDATE chores SET lease_token = NULL, lease_until = NULL, due_at = ${inMs(nextInMs)},
					failed_at = now(), failure = ${failure}
				WHERE ${isMine(turn)}`;
		},
		async report(name, { begunAt, counts: counted }) {
			const counts = Prisma.sql`${JSON.stringify(counted)}::jsonb`;
			await prisma.$executeRaw(makeDue(name));
			await prisma.$executeRaw`
				UPDATE chores SET last_begun_at = ${begunAt}, last_ended_at = now(), last_counts = ${counts},
					totals = ${totalsWith(counts)}
				WHERE name = ${name}`;
		},
	};
}
