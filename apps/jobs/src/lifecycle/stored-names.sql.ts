import { Prisma } from '../generated/client.ts';

/*
 * Columns and a table of release 0.3.0 whose names don't say what they hold. They can't be renamed, because that release reads and
 * writes them during a rolling upgrade. SQL uses these constants instead; schema.prisma maps the same names.
 */

/** Column of `jobs`: when a worker was last requested, or an attempt was last granted or deferred. Null before the first dispatch. */
export const DISPATCHED_AT = Prisma.raw('released_at');

/** Column of `jobs`: whether the outcome of the current attempt is being applied. */
export const FINISHING = Prisma.raw('settling');

/** Table: for each user and tool, when the user's last started job ended or was preempted. */
export const LAST_RUNS = Prisma.raw('turns');
