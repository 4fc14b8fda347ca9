import { BenchError } from '../log.ts';
import { median, p99, split } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { cpuSeconds, readPids } from '../product/processes.ts';
import { benchProcess, startBenchProcess } from '../product/product.ts';
import type { Figure, Section } from '../report/section.ts';
import { secondsSince } from '../run/trial.ts';
import { drainBacklog, type JobTimes, readJobTimes, registerSubmitters } from './backlog.ts';
import { noopSample } from './noop-sample.ts';

/** Maximum number of queued jobs on the free plan. */
const JOBS_PER_USER = 1_000;
/** The broker's queues stay short, however long the backlog. */
const MAX_WAIT_MS = 1_000;
/** The last tenth must be as fast as the first, except for other load on the machine. */
const MIN_STEADINESS = 0.7;

/** Measures how fast one worker drains a long backlog of jobs that do nothing, and whether waits grow with it. */
export async function* bench({ jobs }: Options): AsyncGenerator<Section> {
	const workerProcess = benchProcess(0);
	const sample = noopSample({ sandboxed: false });
	const enqueue = await registerSubmitters(sample, Math.ceil(jobs / JOBS_PER_USER));
	const idle = await readCpu();
	const startedAt = performance.now();
	await enqueue(jobs);
	const enqueueSeconds = secondsSince(startedAt);
	const worker = await startBenchProcess(workerProcess);
	const workerPid = new Map([[workerProcess.name, worker.pid]]);
	const enqueued = await readCpu(workerPid);
	const longestWaitMs = await drainBacklog(sample.tool);
	const drained = await readCpu(workerPid);
	await worker.stop();
	const times = (await readJobTimes(sample.tool)).sort((one, other) => one.finishedMs - other.finishedMs);
	if (times.length !== jobs) throw new BenchError(`${times.length} of ${jobs} jobs have succeeded`);
	const tenths = split(times, 10);
	yield {
		title: `${jobs} queued jobs that do nothing, through one worker`,
		figures: [
			{ name: 'jobs accepted', value: jobs / enqueueSeconds, unit: 'jobs/s' },
			...drainFigures(times, tenths),
			{
				name: 'longest wait for a worker after the dispatch of a job',
				value: longestWaitMs,
				unit: 'ms',
				bar: { atMost: MAX_WAIT_MS },
			},
		],
		files: tenths.map((tenth, index) => {
			const workMs = tenth.map(({ claimedMs, finishedMs }) => finishedMs - claimedMs);
			return {
				tenth: index + 1,
				'jobs/s': rateOf(tenth),
				'claimed → done: median ms': median(workMs),
				'p99 ms': p99(workMs),
			};
		}),
	};
	const msPerJob = (name: string, before: CpuTimes, after: CpuTimes) =>
		(1000 * ((after.get(name) ?? 0) - (before.get(name) ?? 0))) / jobs;
	yield {
		title: 'CPU time of each process, in milliseconds a job',
		figures: [],
		files: [...drained.keys()].map((process) => ({
			process,
			'to accept it': msPerJob(process, idle, enqueued),
			'to run it': msPerJob(process, enqueued, drained),
		})),
	};
}

/** CPU time in seconds, with child processes. */
type CpuTimes = ReadonlyMap<string, number>;

async function readCpu(more: ReadonlyMap<string, number> = new Map()): Promise<CpuTimes> {
	// The supervisor is the parent of all others.
	const pids = [...readPids(), ...more].filter(([name]) => name !== 'supervisor');
	return new Map(await Promise.all(pids.map(async ([name, pid]) => [name, await cpuSeconds(pid)] as const)));
}

/** Returns the jobs per second of jobs in the order of their end. */
function rateOf(times: readonly JobTimes[]): number {
	const [first, last] = [times[0]?.finishedMs ?? 0, times.at(-1)?.finishedMs ?? 0];
	return (1000 * (times.length - 1)) / (last - first);
}

function drainFigures(times: readonly JobTimes[], tenths: readonly JobTimes[][]): Figure[] {
	const startMs = Math.min(...times.map(({ claimedMs }) => claimedMs));
	const seconds = ((times.at(-1)?.finishedMs ?? 0) - startMs) / 1000;
	const steadiness = rateOf(tenths.at(-1) ?? []) / rateOf(tenths[0] ?? []);
	return [
		{ name: 'time to drain', value: seconds, unit: 's' },
		{ name: 'drained', value: times.length / seconds, unit: 'jobs/s' },
		{ name: 'speed of the last tenth ÷ of the first', value: steadiness, bar: { atLeast: MIN_STEADINESS } },
	];
}
