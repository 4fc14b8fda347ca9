import { isTerminal, type Job } from '@creatorr/client';
import { BenchError } from '../log.ts';
import { median, p99 } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { registerUser, type User } from '../product/user.ts';
import type { Figure, Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { startToolRunner } from '../run/trial.ts';
import { type JobTimes, readJobTimes } from './backlog.ts';
import { NOOP, noopSample } from './noop-sample.ts';

const WARM_UP_JOBS = 30;
const MAX_MEDIAN_MS = 40;
const MAX_P99_MS = 150;
const WAIT_SECONDS = 30;

/** A job as its client and its tool saw it, in milliseconds of the machine's clock. */
type Run = Awaited<ReturnType<typeof runJob>>;

const nowMs = () => performance.timeOrigin + performance.now();

/** Measures what a job costs beyond its tool, from the request that creates it to the answer that it is done. */
export async function* bench({ jobs }: Options): AsyncGenerator<Section> {
	const user = await registerUser();
	const sample = noopSample({ sandboxed: true });
	const { id: fileId } = await user.client.files.upload({ path: sample.path }, { mimeType: sample.mimeType });
	const runner = startToolRunner(NOOP);
	const results = await runRounds(WARM_UP_JOBS + jobs, {
		runs: () => runJob(user, { tool: sample.tool, params: sample.params, input_file_id: fileId }),
		bareSeconds: () => runner.time(sample),
	});
	await runner.stop();
	const runs = results.runs.slice(WARM_UP_JOBS);
	const bareMs = results.bareSeconds.slice(WARM_UP_JOBS).map((seconds) => 1000 * seconds);
	const times = new Map((await readJobTimes(sample.tool)).map((one) => [one.id, one]));
	yield {
		title: `${jobs} jobs of a tool that does nothing, one after the other, beside the bare tool in the same sandbox`,
		figures: figuresOf(runs, median(bareMs)),
		files: stepsOf(runs, times),
	};
}

async function runJob({ client }: User, request: Parameters<User['client']['jobs']['create']>[0]) {
	const requestedMs = nowMs();
	const { id } = await client.jobs.create(request);
	let job: Job;
	do job = await client.jobs.get(id, { waitSeconds: WAIT_SECONDS });
	while (!isTerminal(job));
	const answeredMs = nowMs();
	const { began_at_ms: toolStartedMs, ended_at_ms: toolEndedMs }: Record<string, unknown> = job.result ?? {};
	if (typeof toolStartedMs === 'number' && typeof toolEndedMs === 'number')
		return { id, requestedMs, toolStartedMs, toolEndedMs, answeredMs };
	throw new BenchError(`the job ${id} ended ${job.status}: ${job.error_message}`);
}

function figuresOf(runs: readonly Run[], bareMs: number): Figure[] {
	const whole = runs.map(({ requestedMs, answeredMs }) => answeredMs - requestedMs);
	const overhead = whole.map((ms) => ms - bareMs);
	const toStart = runs.map(({ requestedMs, toolStartedMs }) => toolStartedMs - requestedMs);
	const unit = 'ms';
	return [
		{ name: 'the bare tool: median', value: bareMs, unit },
		{ name: 'a job, from request to answer: median', value: median(whole), unit },
		{ name: 'a job ÷ the bare tool', value: median(whole) / bareMs },
		{ name: 'overhead: median', value: median(overhead), unit, bar: { atMost: MAX_MEDIAN_MS } },
		{ name: 'overhead: p99', value: p99(overhead), unit, bar: { atMost: MAX_P99_MS } },
		{ name: 'from request to start of the tool: median', value: median(toStart), unit },
		{ name: 'from request to start of the tool: p99', value: p99(toStart), unit },
	];
}

/** Returns where the time goes. Times of the database are whole milliseconds. */
function stepsOf(runs: readonly Run[], times: ReadonlyMap<string, JobTimes>): Section['files'] {
	const step = (name: string, duration: (run: Run, job: JobTimes) => number) => {
		const ms = runs.flatMap((run) => {
			const job = times.get(run.id);
			return job ? [duration(run, job)] : [];
		});
		return { step: name, 'median ms': median(ms), 'p99 ms': p99(ms) };
	};
	return [
		step('request → job in the database', (run, job) => job.createdMs - run.requestedMs),
		step('→ claimed by a worker', (_, job) => job.claimedMs - job.createdMs),
		step('→ tool starts (input fetched)', (run, job) => run.toolStartedMs - job.claimedMs),
		step('→ tool ended', (run) => run.toolEndedMs - run.toolStartedMs),
		step('→ outcome applied (output stored)', (run, job) => job.finishedMs - run.toolEndedMs),
		step('→ seen by the waiting client', (run, job) => run.answeredMs - job.finishedMs),
	];
}
