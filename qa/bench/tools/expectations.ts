import type { Figure } from '../report/figure.ts';
import type { Trial } from '../run/trial.ts';
import { isMeasured, type Sample } from '../samples/sample.ts';
import { say } from '../say.ts';
import type { BenchContext } from './bench-context.ts';

/**
 * How many files ended otherwise than their manifest says, each named: those that were measured, and the others, which are only run.
 */
export async function unexpectedEnds(
	{ worker, samples, progress }: BenchContext,
	measured: readonly { sample: Sample; ours: Trial<unknown> }[],
): Promise<Figure> {
	const ends = measured.map(({ sample, ours }) => ({ sample, trial: ours }));
	for (const sample of samples.filter((one) => !isMeasured(one))) {
		progress(sample.label);
		ends.push({ sample, trial: await worker.run(sample, async () => {}) });
	}
	const wrong = ends.filter(({ sample, trial }) => !sample.expect.includes(trial.outcome));
	for (const { sample, trial } of wrong) {
		say(`${sample.label}: ${trial.outcome} instead of ${sample.expect.join(' or ')}: ${trial.message}`);
	}
	return { name: 'files that ended otherwise than expected', value: wrong.length, bar: { atMost: 0 } };
}
