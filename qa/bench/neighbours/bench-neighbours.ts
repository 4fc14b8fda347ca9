import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { loadTools } from '@creatorr/tools/runners';
import { median } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { isSuccess } from '../run/trial.ts';
import { startWorker, type Worker } from '../run/worker.ts';
import { makeFiles } from '../samples/made.ts';
import type { Sample } from '../samples/sample.ts';
import { smallestSample } from '../samples/smallest.ts';
import { BenchError, say } from '../say.ts';
import { GREEDY } from './greedy.ts';
import { startGreedyJob } from './greedy-job.ts';

const NEIGHBOUR = 'compress_heavy';
/** Jobs alone and beside the other alternate, so that what else the machine does meets both. */
const ROUNDS = 4;
const JOBS_A_ROUND = 5;
/** Until the greedy one has all that it can get, and until nothing of it is left. */
const PAUSE_MS = 1_000;
/** Two jobs that want all of the cores get half of them each. */
const FAIR_RATIO = 2;

interface Seconds {
	alone: number[];
	beside: number[];
}

/** How long small jobs take alone, and beside a job that takes all that its sandbox lets it have. */
export async function benchNeighbours({ dir }: Options): Promise<Section[]> {
	const tool = (await loadTools()).get(NEIGHBOUR);
	const folder = dir ?? (await makeFiles()).folder;
	if (!tool) throw new BenchError(`There is no tool ${NEIGHBOUR}.`);
	const sample = await smallestSample(folder, NEIGHBOUR);
	const worker = startWorker(tool, { jobsPerProcess: 1 });
	const figures: Figure[] = [];
	for (const [name, script] of Object.entries(GREEDY)) {
		figures.push(...figuresOf(name, await measure({ tool, worker, sample }, script)));
	}
	await worker.stop();
	const title = `${sample.label} through ${NEIGHBOUR}, alone and beside a job that takes all that it gets`;
	const section = { title, figures, files: [] };
	say(renderSection(section));
	return [section];
}

interface Given {
	tool: Tool;
	worker: Worker;
	sample: Sample;
}

async function measure({ tool, worker, sample }: Given, script: string): Promise<Seconds> {
	const seconds: Seconds = { alone: [], beside: [] };
	await runJobs(worker, sample);
	for (let round = 0; round < ROUNDS; round += 1) {
		seconds.alone.push(...(await runJobs(worker, sample)));
		const greedy = await startGreedyJob(tool, script);
		await sleep(PAUSE_MS);
		seconds.beside.push(...(await runJobs(worker, sample)));
		const ended = await greedy.stop();
		if (ended !== undefined) throw new BenchError(`The greedy job ended before it was told to: ${ended}`);
		await sleep(PAUSE_MS);
	}
	return seconds;
}

/** One after the other. */
async function runJobs(worker: Worker, sample: Sample): Promise<number[]> {
	const seconds: number[] = [];
	for (let job = 0; job < JOBS_A_ROUND; job += 1) {
		const trial = await worker.run(sample, async () => {});
		if (!isSuccess(trial)) throw new BenchError(`${sample.label} ended ${trial.outcome}: ${trial.message}`);
		seconds.push(trial.seconds);
	}
	return seconds;
}

function figuresOf(name: string, { alone, beside }: Seconds): Figure[] {
	const [aloneMedian, besideMedian] = [median(alone), median(beside)];
	return [
		{ name: `alone, before ${name}`, value: aloneMedian, unit: 's' },
		{ name: `beside ${name}`, value: besideMedian, unit: 's' },
		{ name: `beside ${name} ÷ alone`, value: besideMedian / aloneMedian, bar: { atMost: FAIR_RATIO } },
	];
}
