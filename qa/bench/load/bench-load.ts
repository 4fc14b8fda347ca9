import { availableParallelism, loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';
import { quantile } from '../measure/statistics.ts';
import type { Options } from '../options.ts';
import { register } from '../product/account.ts';
import { type Exchange, isRefused, runUserFlow } from '../product/user-flow.ts';
import type { Figure, Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { makeFiles } from '../samples/made.ts';
import { smallestSample } from '../samples/smallest.ts';
import { say } from '../say.ts';

/** 14 on 2 cores, at which the product once refused every signed-in request. */
const BURNERS_PER_CORE = 7;

function figuresOf(operation: string, exchanges: readonly Exchange[]): Figure[] {
	const timesMs = exchanges.map(({ durationMs }) => durationMs);
	return [
		{ name: `${operation}: requests`, value: exchanges.length },
		{ name: `${operation}: refused`, value: exchanges.filter(isRefused).length, bar: { atMost: 0 } },
		{ name: `${operation}: median`, value: quantile(timesMs, 0.5), unit: 'ms' },
		{ name: `${operation}: p99`, value: quantile(timesMs, 0.99), unit: 'ms' },
	];
}

/** Measures whether a user is refused while every core has seven other things to do. */
export async function benchLoad({ apiUrl, seconds }: Options): Promise<Section[]> {
	const person = await register(apiUrl);
	const sample = await smallestSample((await makeFiles()).folder, 'compress_heavy');
	const burners = Array.from(
		{ length: BURNERS_PER_CORE * availableParallelism() },
		() => new Worker(new URL('./burner-thread.ts', import.meta.url)),
	);
	const exchanges = new Map<string, Exchange[]>();
	for (const exchange of await runUserFlow({ apiUrl, person, sample, seconds })) {
		const { operation, status, message } = exchange;
		exchanges.set(operation, [...(exchanges.get(operation) ?? []), exchange]);
		if (isRefused(exchange)) say(`${operation}: ${status} ${message}`);
	}
	const [loadAverage = 0] = loadavg();
	await Promise.all(burners.map((burner) => burner.terminate()));
	const section = {
		title: `A user beside ${burners.length} threads that compute without end, for ${seconds} s`,
		figures: [
			{ name: 'load average at the end', value: loadAverage },
			...[...exchanges].sort().flatMap(([operation, of]) => figuresOf(operation, of)),
		],
		files: [],
	};
	say(renderSection(section));
	return [section];
}
