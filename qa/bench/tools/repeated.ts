import { median } from '../measure/statistics.ts';
import type { Trial } from '../run/trial.ts';

/** Runs so many times, one after the other; resolves to the last trial with the median of the times. */
export async function repeated<T>(times: number, run: () => Promise<Trial<T>>): Promise<Trial<T>> {
	const trials: Trial<T>[] = [];
	for (let time = 0; time < times; time += 1) trials.push(await run());
	const last = trials.at(-1);
	if (!last) throw new Error('nothing was run');
	return { ...last, seconds: median(trials.map(({ seconds }) => seconds)) };
}
