import { queryDatabase } from '../../driver/database.ts';

/** When what happened to a job, in milliseconds by the clock of the machine. */
export interface JobTimes {
	id: string;
	createdMs: number;
	/** A worker had it. */
	claimedMs: number;
	/** Its outcome was there for everybody. */
	finishedMs: number;
}

const milliseconds = (column: string, name: string) =>
	`extract(epoch FROM ${column})::float * 1000 AS "${name}"`;

/** Of all jobs of a tool that have succeeded, in the order in which they were made. Only the database knows all of these. */
export function readJobTimes(tool: string): Promise<JobTimes[]> {
	const sql = `SELECT id, ${milliseconds('created_at', 'createdMs')},
		${milliseconds('started_at', 'claimedMs')}, ${milliseconds('finished_at', 'finishedMs')}
		FROM jobs WHERE tool = $1 AND status = 'succeeded' ORDER BY id`;
	return queryDatabase<JobTimes>('jobs', sql, [tool]);
}

/** How the jobs of a tool stand at a moment. */
export interface Standing {
	/** That wait or run. */
	unfinished: number;
	failed: number;
	/** How long the oldest of those that workers were asked for has waited for one; 0 where none waits. */
	oldestAskedMs: number;
}

export async function readStanding(tool: string): Promise<Standing> {
	const sql = `SELECT count(*) FILTER (WHERE status IN ('queued', 'running'))::int AS unfinished,
		count(*) FILTER (WHERE status = 'failed')::int AS failed,
		coalesce(1000 * extract(epoch FROM now() - min(released_at) FILTER (WHERE status = 'queued')), 0)::float
			AS "oldestAskedMs"
		FROM jobs WHERE tool = $1`;
	const [standing] = await queryDatabase<Standing>('jobs', sql, [tool]);
	return standing ?? { unfinished: 0, failed: 0, oldestAskedMs: 0 };
}
