import { availableParallelism, loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';
import { log } from '../log.ts';
import { median, p99 } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { readProduct } from '../product/product.ts';
import { registerUser } from '../product/user.ts';
import type { Section } from '../report/section.ts';
import { smallestSample } from '../samples/samples.ts';
import { type Exchange, runUserFlow } from './user-flow.ts';

/** 14 on 2 cores, at which the product once refused every signed-in request. */
const BURNERS_PER_CORE = 7;

/** Measures whether a user is refused while every core has seven other threads to run. */
export async function* bench({ seconds }: Options): AsyncGenerator<Section> {
	const { apiUrl } = readProduct();
	const user = await registerUser(apiUrl);
	const sample = smallestSample('compress_heavy');
	const burners = Array.from(
		{ length: BURNERS_PER_CORE * availableParallelism() },
		() => new Worker(new URL('./burner-thread.ts', import.meta.url)),
	);
	const exchanges = await runUserFlow({ apiUrl, user, sample, seconds });
	const [loadAverage = 0] = loadavg();
	await Promise.all(burners.map((burner) => burner.terminate()));
	for (const { operation, failure } of exchanges) if (failure) log(`${operation}: ${failure}`);
	const byOperation = Object.entries(Object.groupBy(exchanges, ({ operation }) => operation));
	yield {
		title: `A user beside ${burners.length} threads that compute without end, for ${seconds} s`,
		figures: [
			{ name: 'load average at the end', value: loadAverage },
			...byOperation.sort().flatMap(([operation, group = []]) => figuresOf(operation, group)),
		],
		files: [],
	};
}

function figuresOf(operation: string, exchanges: readonly Exchange[]) {
	const timesMs = exchanges.map(({ durationMs }) => durationMs);
	const refused = exchanges.filter(({ failure }) => failure !== undefined).length;
	return [
		{ name: `${operation}: requests`, value: exchanges.length },
		{ name: `${operation}: refused`, value: refused, bar: { atMost: 0 } },
		{ name: `${operation}: median`, value: median(timesMs), unit: 'ms' },
		{ name: `${operation}: p99`, value: p99(timesMs), unit: 'ms' },
	];
}
