import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { queryDatabase } from '../../driver/database.ts';
import { BenchError } from '../log.ts';
import { registerUser } from '../product/user.ts';
import type { Sample } from '../samples/samples.ts';

const CONCURRENT_REQUESTS = 16;
const CHECK_EVERY_MS = 1_000;
const STALLED_AFTER_MS = 60_000;

/** Creates jobs of several users in turn, and resolves with their ids. */
type Enqueue = (jobs: number) => Promise<string[]>;

/** Registers users who upload the sample each, because plans limit the jobs of one user. */
export async function registerSubmitters(sample: Sample, users: number): Promise<Enqueue> {
	const submitters: (() => Promise<string>)[] = [];
	while (submitters.length < users) {
		const { client } = await registerUser();
		const { tool, params, path, mimeType } = sample;
		const file = await client.files.upload({ path }, { mimeType });
		submitters.push(async () => (await client.jobs.create({ tool, params, input_file_id: file.id })).id);
	}
	return (jobs) => {
		const turns = Array.from({ length: Math.ceil(jobs / users) }, () => submitters).flat();
		return pMap(turns.slice(0, jobs), (submit) => submit(), { concurrency: CONCURRENT_REQUESTS });
	};
}

/** When a job changed its state, in milliseconds of the machine's clock. */
export interface JobTimes {
	id: string;
	createdMs: number;
	claimedMs: number;
	finishedMs: number;
}

const milliseconds = (column: string, name: string) =>
	`extract(epoch FROM ${column})::float * 1000 AS "${name}"`;

/** Returns the times of all succeeded jobs of a tool, in order of creation. Only the database has all of them. */
export function readJobTimes(tool: string): Promise<JobTimes[]> {
	const sql = `SELECT id, ${milliseconds('created_at', 'createdMs')},
		${milliseconds('started_at', 'claimedMs')}, ${milliseconds('finished_at', 'finishedMs')}
		FROM jobs WHERE tool = $1 AND status = 'succeeded' ORDER BY id`;
	return queryDatabase<JobTimes>('jobs', sql, [tool]);
}

interface Backlog {
	unfinished: number;
	failed: number;
	/** How long the oldest dispatched job has waited for a worker; 0 where none waits. */
	longestWaitMs: number;
}

const BACKLOG_SQL = `SELECT count(*) FILTER (WHERE status IN ('queued', 'running'))::int AS unfinished,
	count(*) FILTER (WHERE status = 'failed')::int AS failed,
	coalesce(1000 * extract(epoch FROM now() - min(released_at) FILTER (WHERE status = 'queued')), 0)::float
		AS "longestWaitMs"
	FROM jobs WHERE tool = $1`;

/**
 * Waits until no job of the tool is queued or running. Resolves with the longest wait of a dispatched job that it saw, in
 * milliseconds. Throws a BenchError when a job fails, or none finishes for a minute.
 */
export async function drainBacklog(tool: string): Promise<number> {
	let longestWaitMs = 0;
	let left = Number.POSITIVE_INFINITY;
	for (let stalledMs = 0; left > 0; stalledMs += CHECK_EVERY_MS) {
		const [backlog] = await queryDatabase<Backlog>('jobs', BACKLOG_SQL, [tool]);
		const { unfinished = 0, failed = 0 } = backlog ?? {};
		if (failed > 0) throw new BenchError(`${failed} jobs of ${tool} failed`);
		if (unfinished < left) stalledMs = 0;
		if (stalledMs > STALLED_AFTER_MS) throw new BenchError(`${left} jobs of ${tool} are stalled`);
		left = unfinished;
		longestWaitMs = Math.max(longestWaitMs, backlog?.longestWaitMs ?? 0);
		if (left > 0) await sleep(CHECK_EVERY_MS);
	}
	return longestWaitMs;
}
