import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '../options.ts';
import { type Account, openAccount } from '../product/account.ts';
import { type Product, readProduct } from '../product/environment.ts';
import type { Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { readFolder } from '../samples/folder.ts';
import { makeFiles } from '../samples/made.ts';
import { isMeasured, type Sample, SUCCEEDED } from '../samples/sample.ts';
import { smallestSample } from '../samples/smallest.ts';
import { BenchError, say } from '../say.ts';
import { growthOf, type MemoryPoint } from './growth.ts';
import { readMemory } from './process-memory.ts';

const PEOPLE = 3;
/** Between two jobs of a person, so that the machine is busy and not overrun. */
const PAUSE_MS = 500;
const LOOK_EVERY_MS = 10_000;
const MINUTE_MS = 60_000;

interface Load {
	jobs: number;
	isOver: boolean;
}

/** What memory the processes of the product have while people work with it all the time, and whether it grows. */
export async function benchMemory({ dir, minutes }: Options): Promise<Section[]> {
	const product = readProduct();
	const folder = dir ?? (await makeFiles()).folder;
	const files = await readFolder(folder, { only: [], skip: [] });
	const tools = new Set(files.filter(isMeasured).map(({ tool }) => tool));
	const samples = await Promise.all([...tools].map((tool) => smallestSample(folder, tool)));
	const load: Load = { jobs: 0, isOver: false };
	const people = Array.from({ length: PEOPLE }, () => work(product, samples, load));
	const memory = await Promise.race([watch(product, minutes), endsEarly(people)]);
	load.isOver = true;
	await Promise.all(people);
	const growths = [...memory].map(([name, points]) => ({ name, ...growthOf(points) }));
	const section = {
		title: `Memory over ${minutes} minutes with ${load.jobs} uploads, jobs and downloads`,
		figures: [
			{ name: 'jobs', value: load.jobs },
			{
				...{ name: 'processes whose memory grows', value: growths.filter(({ grows }) => grows).length },
				bar: { atMost: 0 },
			},
		],
		files: growths.map(({ name, beforeMib, afterMib, mibPerHour, grows }) => ({
			...{ process: name, '2nd quarter MiB': beforeMib, 'last quarter MiB': afterMib },
			...{ 'MiB an hour': mibPerHour, verdict: grows ? 'grows' : 'does not grow' },
		})),
		charts: [
			{
				...{ kind: 'lines' as const, title: `Memory over ${minutes} minutes of load` },
				...{ xUnit: 'minutes', yUnit: 'MiB' },
				lines: [...memory].map(([label, points]) => ({ label, points })),
			},
		],
	};
	say(renderSection(section));
	return [section];
}

/** Uploads, runs and downloads, one tool after the other, until it is over. */
async function work(product: Product, samples: readonly Sample[], load: Load): Promise<void> {
	const account = await openAccount(product.apiUrl);
	for (let turn = 0; !load.isOver; turn += 1) {
		await runOnce(account, samples[turn % samples.length] as Sample);
		load.jobs += 1;
		await sleep(PAUSE_MS);
	}
}

async function runOnce(account: Account, sample: Sample): Promise<void> {
	const job = await account.finish(await account.enqueue(sample, await account.upload(sample)));
	if (job.status !== SUCCEEDED || job.output_file_id === undefined) {
		throw new BenchError(`${sample.label} ended ${job.status}: ${job.error_message}`);
	}
	await account.download(job.output_file_id);
}

/** Rejects with the first failure; never resolves. */
async function endsEarly(people: readonly Promise<void>[]): Promise<never> {
	await Promise.all(people);
	throw new BenchError('the load ended before its time');
}

async function watch({ home }: Product, minutes: number): Promise<Map<string, MemoryPoint[]>> {
	const memory = new Map<string, MemoryPoint[]>();
	const startedAt = performance.now();
	const elapsedMs = () => performance.now() - startedAt;
	while (elapsedMs() < minutes * MINUTE_MS) {
		const minute = elapsedMs() / MINUTE_MS;
		for (const [name, mib] of readMemory(home)) {
			memory.set(name, [...(memory.get(name) ?? []), [minute, mib]]);
		}
		await sleep(LOOK_EVERY_MS);
	}
	return memory;
}
