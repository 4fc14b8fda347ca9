import { availableParallelism } from 'node:os';
import { loadTools } from '@creatorr/tools/runners';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import type { Options } from '../options.ts';
import { type Product, readProduct } from '../product/environment.ts';
import { type HeldProcess, readHeld, startHeld } from '../product/held-processes.ts';
import { readJobTimes } from '../product/job-times.ts';
import type { Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { isSuccess, secondsSince } from '../run/trial.ts';
import { startWorker } from '../run/worker.ts';
import { makeFiles } from '../samples/made.ts';
import type { Sample } from '../samples/sample.ts';
import { smallestSample } from '../samples/smallest.ts';
import { BenchError, say } from '../say.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { untilDone } from './until-done.ts';

const TOOL = 'compress_heavy';
const WORKERS = [1, 2, 4];
const JOBS = 60;
/** On the free plan each has three jobs active at most. */
const PEOPLE = 6;
/** So that it is the number of workers that says how many jobs run at once. */
const ONE_JOB_AT_A_TIME = { WORKER_CONCURRENCY: '1', TOOL_CONCURRENCY: '1', LONG_JOBS: '0' };

interface Rate {
	workers: number;
	bare: number;
	product: number;
}

/** Small jobs a second by 1, 2 and 4 workers, beside the bare tool run as many at once. */
export async function benchThroughput({ dir, jobs = JOBS }: Options): Promise<Section[]> {
	const product = readProduct();
	const held = readHeld(product);
	const sample = await smallestSample(dir ?? (await makeFiles()).folder, TOOL);
	const crowd = await gatherCrowd(product, sample, PEOPLE);
	const rates: Rate[] = [];
	for (const workers of WORKERS) {
		process.stderr.write(`${workers} at once\n`);
		const bare = await bareRate(sample, { atOnce: workers, jobs });
		rates.push({ workers, bare, product: await productRate({ product, held, crowd }, workers, jobs) });
	}
	const section = {
		title: `${jobs} jobs of ${TOOL} on ${sample.label}, ${availableParallelism()} cores`,
		figures: [
			...rates.flatMap(({ workers, bare, product: through }) => [
				{ name: `bare tool, ${workers} at once`, value: bare, unit: 'jobs/s' },
				{ name: `workers: ${workers}`, value: through, unit: 'jobs/s' },
				{ name: `workers: ${workers}, ÷ bare tool`, value: through / bare },
			]),
			{ name: '2 workers ÷ 1', value: rateWith(rates, 2) / rateWith(rates, 1) },
			{ name: '4 workers ÷ 1', value: rateWith(rates, 4) / rateWith(rates, 1) },
		],
		files: [],
		charts: [
			{
				kind: 'bars' as const,
				title: `Jobs of ${TOOL} a second on ${availableParallelism()} cores`,
				unit: 'jobs/s',
				bars: rates.flatMap(({ workers, bare, product: through }) => [
					{ label: `bare tool, ${workers} at once`, value: bare },
					{ label: `product, workers: ${workers}`, value: through },
				]),
			},
		],
	};
	say(renderSection(section));
	return [section];
}

function rateWith(rates: readonly Rate[], count: number): number {
	return rates.find(({ workers }) => workers === count)?.product ?? Number.NaN;
}

async function bareRate(
	sample: Sample,
	{ atOnce: count, jobs }: { atOnce: number; jobs: number },
): Promise<number> {
	const tool = (await loadTools()).get(TOOL);
	if (!tool) throw new BenchError(`There is no tool ${TOOL}.`);
	const worker = startWorker(tool, { jobsPerProcess: 1 });
	const startedAt = performance.now();
	await mapConcurrently(Array.from({ length: jobs }), count, async () => {
		const trial = await worker.run(sample, async () => {});
		if (!isSuccess(trial)) throw new BenchError(`${sample.label} ended ${trial.outcome}: ${trial.message}`);
	});
	const rate = jobs / secondsSince(startedAt);
	await worker.stop();
	return rate;
}

interface Given {
	product: Product;
	held: readonly HeldProcess[];
	crowd: Crowd;
}

/** From the first claim to the last end. */
async function productRate({ product, held, crowd }: Given, count: number, jobs: number): Promise<number> {
	const ids = new Set(await crowd.enqueue(jobs));
	const workers = await Promise.all(
		held.slice(0, count).map((one) => startHeld(product, one, { env: ONE_JOB_AT_A_TIME })),
	);
	await untilDone(TOOL);
	for (const worker of workers) await worker.stop();
	const times = (await readJobTimes(TOOL)).filter(({ id }) => ids.has(id));
	const beganMs = Math.min(...times.map(({ claimedMs }) => claimedMs));
	const endedMs = Math.max(...times.map(({ finishedMs }) => finishedMs));
	return (1000 * times.length) / (endedMs - beganMs);
}
