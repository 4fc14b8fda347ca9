import { availableParallelism } from 'node:os';
import { loadTool } from '@creatorr/tools/testing/run-sample';
import pMap from 'p-map';
import { showProgress } from '../log.ts';
import type { Options } from '../options.ts';
import { type Product, readProduct, startBenchProcess } from '../product/product.ts';
import type { Section } from '../report/section.ts';
import { secondsSince, startToolRunner } from '../run/trial.ts';
import { type Sample, smallestSample } from '../samples/samples.ts';
import { drainBacklog, readJobTimes, registerSubmitters } from './backlog.ts';

const TOOL = 'compress_heavy';
const WORKERS = [1, 2, 4];
/** Each may have three active jobs on the free plan. */
const USERS = 6;
/** Makes the number of workers decide how many jobs run at once. */
const ONE_JOB_PER_WORKER = { WORKER_CONCURRENCY: '1', TOOL_CONCURRENCY: '1', BACKGROUND_SLOTS: '0' };

/** Measures small jobs per second with 1, 2 and 4 workers, beside as many concurrent runs of the bare tool. */
export async function* bench({ jobs }: Options): AsyncGenerator<Section> {
	const product = readProduct();
	const sample = await smallestSample(TOOL);
	const enqueue = await registerSubmitters(product, sample, USERS);
	const rates: { workers: number; bare: number; through: number }[] = [];
	for (const workers of WORKERS) {
		showProgress(`${workers} at once`);
		const bare = await measureBareTool(sample, workers, jobs);
		const ids = new Set(await enqueue(jobs));
		rates.push({ workers, bare, through: await measureProduct(product, workers, ids) });
	}
	const speedup = (workers: number) =>
		(rates.find((one) => one.workers === workers)?.through ?? Number.NaN) / (rates[0]?.through ?? Number.NaN);
	yield {
		title: `${jobs} jobs of ${TOOL} on ${sample.label}, ${availableParallelism()} cores`,
		figures: [
			...rates.flatMap(({ workers, bare, through }) => [
				{ name: `bare tool, ${workers} at once`, value: bare, unit: 'jobs/s' },
				{ name: `workers: ${workers}`, value: through, unit: 'jobs/s' },
				{ name: `workers: ${workers}, ÷ bare tool`, value: through / bare },
			]),
			{ name: '2 workers ÷ 1', value: speedup(2) },
			{ name: '4 workers ÷ 1', value: speedup(4) },
		],
		files: [],
	};
}

async function measureBareTool(sample: Sample, concurrency: number, jobs: number): Promise<number> {
	const runner = startToolRunner(await loadTool(TOOL));
	const startedAt = performance.now();
	await pMap(Array.from({ length: jobs }), () => runner.time(sample), { concurrency });
	const rate = jobs / secondsSince(startedAt);
	await runner.stop();
	return rate;
}

/** Starts workers for queued jobs. Measures from the first claim to the last end. */
async function measureProduct(product: Product, count: number, ids: ReadonlySet<string>): Promise<number> {
	const starts = product.benchProcesses
		.slice(0, count)
		.map((benchProcess) => startBenchProcess(product, benchProcess, { env: ONE_JOB_PER_WORKER }));
	const workers = await Promise.all(starts);
	await drainBacklog(TOOL);
	for (const worker of workers) await worker.stop();
	const times = (await readJobTimes(TOOL)).filter(({ id }) => ids.has(id));
	const startMs = Math.min(...times.map(({ claimedMs }) => claimedMs));
	const endMs = Math.max(...times.map(({ finishedMs }) => finishedMs));
	return (1000 * times.length) / (endMs - startMs);
}
