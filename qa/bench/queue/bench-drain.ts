import { median, quantile } from '../measure/statistics.ts';
import { inParts } from '../measure/trend.ts';
import type { Options } from '../options.ts';
import { readProduct } from '../product/environment.ts';
import { readHeld, startHeld } from '../product/held-processes.ts';
import { type JobTimes, readJobTimes, type Standing } from '../product/job-times.ts';
import { readProcessorTimes } from '../product/processor-time.ts';
import type { Chart } from '../report/chart.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { secondsSince } from '../run/trial.ts';
import { BenchError, say } from '../say.ts';
import { gatherCrowd } from './crowd.ts';
import { noopSample } from './noop-sample.ts';
import { untilDone } from './until-done.ts';

const JOBS = 10_000;
/** As many as may queue so many jobs on the free plan. */
const JOBS_PER_PERSON = 1_000;
const PARTS = 10;
/** The broker's queues are short, however long the line before them. */
const MAX_ASKED_MS = 1_000;
/** The last tenth goes as the first did, but for what the machine does besides. */
const MIN_STEADINESS = 0.7;

/** How fast one worker empties a long queue of jobs that do nothing, and whether any wait grows with what has gone before. */
export async function benchDrain({ jobs = JOBS }: Options): Promise<Section[]> {
	const product = readProduct();
	const held = readHeld(product)[0];
	if (!held) throw new BenchError('there is no worker to start');
	const sample = noopSample({ sandboxed: false });
	const crowd = await gatherCrowd(product, sample, Math.ceil(jobs / JOBS_PER_PERSON));
	const atRest = readProcessorTimes(product.home);
	const enqueuedAt = performance.now();
	await crowd.enqueue(jobs);
	const enqueueSeconds = secondsSince(enqueuedAt);
	const worker = await startHeld(product, held);
	const pids = new Map([[held.name, worker.pid]]);
	const enqueued = readProcessorTimes(product.home, pids);
	const seen = await untilDone(sample.tool);
	const drained = readProcessorTimes(product.home, pids);
	await worker.stop();
	const times = await readJobTimes(sample.tool);
	if (times.length !== jobs) throw new BenchError(`${times.length} of ${jobs} jobs have succeeded`);
	const parts = inParts(
		times.toSorted((one, other) => one.finishedMs - other.finishedMs),
		PARTS,
	);
	const section = {
		title: `${jobs} queued jobs that do nothing, through one worker`,
		figures: [
			{ name: 'jobs accepted', value: jobs / enqueueSeconds, unit: 'jobs/s' },
			...drainFigures(times, parts, seen),
		],
		files: parts.map((part, index) => ({
			tenth: index + 1,
			'jobs/s': rateOf(part),
			...{ 'claimed → done: median ms': median(workTimes(part)), 'p99 ms': quantile(workTimes(part), 0.99) },
		})),
		charts: [chartOf(times)],
	};
	const costs = costSection({ atRest, enqueued, drained }, jobs);
	for (const one of [section, costs]) say(renderSection(one));
	return [section, costs];
}

type ProcessorTimes = ReadonlyMap<string, number>;

/** What a job takes of each process: it tells which of them is full first. */
function costSection(
	{ atRest, enqueued, drained }: Record<'atRest' | 'enqueued' | 'drained', ProcessorTimes>,
	jobs: number,
): Section {
	const msPerJob = (name: string, after: ProcessorTimes, before: ProcessorTimes) =>
		(1000 * ((after.get(name) ?? 0) - (before.get(name) ?? 0))) / jobs;
	return {
		title: 'Processor time of each process, in milliseconds a job',
		figures: [],
		files: [...drained.keys()].map((name) => ({
			process: name,
			'to accept it': msPerJob(name, enqueued, atRest),
			'to run it': msPerJob(name, drained, enqueued),
		})),
	};
}

const firstClaim = (times: readonly JobTimes[]) => Math.min(...times.map(({ claimedMs }) => claimedMs));
const lastEnd = (times: readonly JobTimes[]) => Math.max(...times.map(({ finishedMs }) => finishedMs));
const workTimes = (times: readonly JobTimes[]) =>
	times.map(({ claimedMs, finishedMs }) => finishedMs - claimedMs);

function rateOf(times: readonly JobTimes[]): number {
	const ends = times.map(({ finishedMs }) => finishedMs);
	return (1000 * (times.length - 1)) / (Math.max(...ends) - Math.min(...ends));
}

function drainFigures(
	times: readonly JobTimes[],
	parts: readonly JobTimes[][],
	seen: readonly Standing[],
): Figure[] {
	const seconds = (lastEnd(times) - firstClaim(times)) / 1000;
	const [first = [], last = []] = [parts[0], parts.at(-1)];
	return [
		{ name: 'time to drain', value: seconds, unit: 's' },
		{ name: 'drained', value: times.length / seconds, unit: 'jobs/s' },
		{
			name: 'speed of the last tenth ÷ of the first',
			value: rateOf(last) / rateOf(first),
			bar: { atLeast: MIN_STEADINESS },
		},
		{
			name: 'longest that a job was seen to wait after a worker was asked for it',
			value: Math.max(...seen.map(({ oldestAskedMs }) => oldestAskedMs)),
			unit: 'ms',
			bar: { atMost: MAX_ASKED_MS },
		},
	];
}

function chartOf(times: readonly JobTimes[]): Chart {
	const startMs = firstClaim(times);
	const ends = times.map(({ finishedMs }) => finishedMs).sort((one, other) => one - other);
	const seconds = Math.ceil(((ends.at(-1) ?? startMs) - startMs) / 1000);
	const points = Array.from({ length: seconds + 1 }, (_, second): [number, number] => [
		second,
		ends.length - ends.filter((end) => end <= startMs + second * 1000).length,
	]);
	return {
		...{ kind: 'lines', title: `${times.length} jobs that do nothing, through one worker` },
		...{ xUnit: 'seconds', yUnit: 'jobs left', lines: [{ label: 'jobs that are not done', points }] },
	};
}
