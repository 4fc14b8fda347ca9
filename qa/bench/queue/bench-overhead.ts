import { median, quantile } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { type Account, openAccount } from '../product/account.ts';
import { readProduct } from '../product/environment.ts';
import { type JobTimes, readJobTimes } from '../product/job-times.ts';
import type { BarChart } from '../report/chart.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { isSuccess } from '../run/trial.ts';
import { startWorker, type Worker } from '../run/worker.ts';
import type { Sample } from '../samples/sample.ts';
import { BenchError, say } from '../say.ts';
import { NOOP, noopSample } from './noop-sample.ts';

const JOBS = 300;
const WARM_UP_JOBS = 30;
const MAX_MEDIAN_MS = 40;
const MAX_P99_MS = 150;

/** One job as the client saw it, and the bare tool run right after it. */
interface Run {
	id: string;
	sentMs: number;
	acceptedMs: number;
	beganMs: number;
	endedMs: number;
	seenMs: number;
	bareMs: number;
}

const nowMs = () => performance.timeOrigin + performance.now();

/** What a job costs beyond its tool, with nothing else in the queue: from the request that makes it to the answer that it is done. */
export async function benchOverhead({ jobs = JOBS }: Options): Promise<Section[]> {
	const product = readProduct();
	const account = await openAccount(product.apiUrl);
	const sample = noopSample({ sandboxed: true });
	const fileId = await account.upload(sample);
	const worker = startWorker(NOOP, { jobsPerProcess: 1 });
	const runs: Run[] = [];
	for (let job = 0; job < WARM_UP_JOBS + jobs; job += 1) {
		const run = await runOne({ account, worker, sample, fileId });
		if (job >= WARM_UP_JOBS) runs.push(run);
	}
	await worker.stop();
	const times = new Map((await readJobTimes(sample.tool)).map((one) => [one.id, one]));
	const steps = stepsOf(runs, times);
	const section = {
		title: `${jobs} jobs of a tool that does nothing, one after the other, beside the bare tool in the same sandbox`,
		figures: figuresOf(runs),
		files: steps.map(({ name, ms }) => ({
			...{ step: name, 'median ms': median(ms), 'p99 ms': quantile(ms, 0.99) },
		})),
		charts: [chartOf(steps)],
	};
	say(renderSection(section));
	return [section];
}

interface Given {
	account: Account;
	worker: Worker;
	sample: Sample;
	fileId: string;
}

async function runOne({ account, worker, sample, fileId }: Given): Promise<Run> {
	const sentMs = nowMs();
	const id = await account.enqueue(sample, fileId);
	const acceptedMs = nowMs();
	const job = await account.finish(id);
	const seenMs = nowMs();
	const { began_at_ms: beganMs, ended_at_ms: endedMs } = job.result ?? {};
	if (typeof beganMs !== 'number' || typeof endedMs !== 'number') {
		throw new BenchError(`the job ${id} ended ${job.status}: ${job.error_message}`);
	}
	const bare = await worker.run(sample, async () => {});
	if (!isSuccess(bare)) throw new BenchError(`the bare tool ended ${bare.outcome}: ${bare.message}`);
	return { id, sentMs, acceptedMs, beganMs, endedMs, seenMs, bareMs: bare.seconds * 1000 };
}

function figuresOf(runs: readonly Run[]): Figure[] {
	const bare = median(runs.map(({ bareMs }) => bareMs));
	const whole = runs.map(({ sentMs, seenMs }) => seenMs - sentMs);
	const overhead = whole.map((ms) => ms - bare);
	const toStart = runs.map(({ sentMs, beganMs }) => beganMs - sentMs);
	const unit = 'ms';
	return [
		{ name: 'the bare tool: median', value: bare, unit },
		{ name: 'a job, from request to answer: median', value: median(whole), unit },
		{ name: 'a job ÷ the bare tool', value: median(whole) / bare },
		{ name: 'overhead: median', value: median(overhead), unit, bar: { atMost: MAX_MEDIAN_MS } },
		{ name: 'overhead: p99', value: quantile(overhead, 0.99), unit, bar: { atMost: MAX_P99_MS } },
		{ name: 'from request to start of the tool: median', value: median(toStart), unit },
		{ name: 'from request to start of the tool: p99', value: quantile(toStart, 0.99), unit },
	];
}

interface Step {
	name: string;
	ms: number[];
}

/** Where the time goes. Rows of the database have whole milliseconds. */
function stepsOf(runs: readonly Run[], times: ReadonlyMap<string, JobTimes>): Step[] {
	const step = (name: string, of: (run: Run, job: JobTimes) => number): Step => ({
		name,
		ms: runs.flatMap((run) => {
			const job = times.get(run.id);
			return job ? [of(run, job)] : [];
		}),
	});
	return [
		step('request → job in the database', (run, job) => job.createdMs - run.sentMs),
		step('→ claimed by a worker', (_, job) => job.claimedMs - job.createdMs),
		step('→ tool begins (input fetched)', (run, job) => run.beganMs - job.claimedMs),
		step('→ tool has ended', (run) => run.endedMs - run.beganMs),
		step('→ outcome applied (output stored)', (run, job) => job.finishedMs - run.endedMs),
		step('→ seen by the waiting client', (run, job) => run.seenMs - job.finishedMs),
	];
}

function chartOf(steps: readonly Step[]): BarChart {
	return {
		kind: 'bars',
		title: 'Where the time of a job goes (median, and up to the p99)',
		unit: 'ms',
		bars: steps.map(({ name, ms }) => {
			const value = median(ms);
			return { label: name, value, range: [value, quantile(ms, 0.99)] };
		}),
	};
}
