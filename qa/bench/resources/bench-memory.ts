import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '../options.ts';
import { watchMemory } from '../product/processes.ts';
import { readProduct } from '../product/product.ts';
import { registerUser } from '../product/user.ts';
import type { Section } from '../report/section.ts';
import { generateFiles } from '../samples/generated.ts';
import { readFolder, smallestSample } from '../samples/samples.ts';
import { growthOf } from './growth.ts';

const USERS = 3;
/** Between two jobs of a user, so that the machine is busy but not overloaded. */
const PAUSE_MS = 500;
const MEMORY_EVERY_MS = 10_000;

/** Measures whether the memory of any process grows while users upload, run jobs and download. */
export async function* bench({ minutes }: Options): AsyncGenerator<Section> {
	const { apiUrl, home } = readProduct();
	const tools = new Set((await readFolder(generateFiles())).map(({ tool }) => tool));
	const samples = await Promise.all([...tools].map(smallestSample));
	const endMs = performance.now() + minutes * 60_000;
	let jobs = 0;
	const runJobs = async () => {
		const { client } = await registerUser(apiUrl);
		while (true) {
			for (const { path, mimeType, tool, params } of samples) {
				const { output } = await client.run({ source: { path }, mimeType, tool, params });
				for await (const _ of (await client.files.download(output.id)).stream);
				jobs += 1;
				await sleep(PAUSE_MS);
				if (performance.now() > endMs) return;
			}
		}
	};
	const load = Promise.all(Array.from({ length: USERS }, runJobs));
	const memory = await watchMemory(home, MEMORY_EVERY_MS, load);
	const growths = [...memory].map(([name, points]) => ({ name, ...growthOf(points) }));
	const growing = growths.filter(({ grows }) => grows).length;
	yield {
		title: `Memory over ${minutes} minutes with ${jobs} uploads, jobs and downloads`,
		figures: [
			{ name: 'jobs', value: jobs },
			{ name: 'processes whose memory grows', value: growing, bar: { atMost: 0 } },
		],
		files: growths.map(({ name, beforeMib, afterMib, grows }) => ({
			process: name,
			'2nd quarter MiB': beforeMib,
			'last quarter MiB': afterMib,
			verdict: grows ? 'grows' : 'does not grow',
		})),
	};
}
