import type { Figure } from '../report/figure.ts';
import { secondsSince } from '../run/trial.ts';
import type { Sample } from '../samples/sample.ts';
import type { BenchContext } from './bench-context.ts';

const JOBS = 5;

/** The time of five one-page jobs at once over that of the same five one after the other. */
export async function crowdFigure(
	{ worker, progress }: BenchContext,
	onePagers: readonly Sample[],
): Promise<Figure> {
	const figure = { name: 'five one-page jobs, at once ÷ serially', bar: { atMost: 1.2 } };
	if (onePagers.length === 0) return { ...figure, value: Number.NaN };
	const jobs = Array.from({ length: JOBS }, (_, index) => onePagers[index % onePagers.length] as Sample);
	progress('five one-page jobs');
	const run = (sample: Sample) => worker.run(sample, async () => {});
	const serialStart = performance.now();
	for (const job of jobs) await run(job);
	const serial = secondsSince(serialStart);
	const crowdStart = performance.now();
	await Promise.all(jobs.map(run));
	return { ...figure, value: secondsSince(crowdStart) / serial };
}
