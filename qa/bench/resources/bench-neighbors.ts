import { loadTool } from '@creatorr/tools/testing/run-sample';
import { median } from '../measure/statistics.ts';
import type { Figure, Section } from '../report/section.ts';
import { runRounds } from '../run/rounds.ts';
import { startToolRunner } from '../run/trial.ts';
import { smallestSample } from '../samples/samples.ts';
import { besideGreedyJob, GREEDY_SCRIPTS } from './greedy-job.ts';

const TOOL = 'compress_heavy';
const ROUNDS = 4;
const JOBS_PER_ROUND = 5;
/** Two jobs that could use all cores get half of them each. */
const FAIR_RATIO = 2;

/** Measures small jobs alone, and beside a job that uses everything its sandbox allows. */
export async function* bench(): AsyncGenerator<Section> {
	const tool = await loadTool(TOOL);
	const sample = await smallestSample(TOOL);
	const runner = startToolRunner(tool);
	const runJobs = async () => (await runRounds(JOBS_PER_ROUND, { job: () => runner.time(sample) })).job;
	const figures: Figure[] = [];
	for (const [name, script] of Object.entries(GREEDY_SCRIPTS)) {
		await runJobs();
		const seconds = await runRounds(ROUNDS, {
			alone: runJobs,
			beside: () => besideGreedyJob(tool, script, runJobs),
		});
		const [alone, beside] = [median(seconds.alone.flat()), median(seconds.beside.flat())];
		figures.push(
			{ name: `alone, before ${name}`, value: alone, unit: 's' },
			{ name: `beside ${name}`, value: beside, unit: 's' },
			{ name: `beside ${name} ÷ alone`, value: beside / alone, bar: { atMost: FAIR_RATIO } },
		);
	}
	await runner.stop();
	const title = `${sample.label} through ${TOOL}, alone and beside a job that takes everything it gets`;
	yield { title, figures, files: [] };
}
