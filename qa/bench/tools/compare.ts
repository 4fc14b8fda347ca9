import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { log, showProgress } from '../log.ts';
import type { Figure } from '../report/section.ts';
import { type Inspect, type PlainCommand, runPlain, type ToolRunner, type Trial } from '../run/trial.ts';
import { isMeasured, type Sample } from '../samples/samples.ts';

export interface ToolBench {
	tool: Tool;
	runner: ToolRunner;
	samples: readonly Sample[];
	/** Whether to run the large generated documents, too. */
	withLarge: boolean;
}

export interface Compared<T> {
	sample: Sample;
	plain: Trial<T>;
	ours: Trial<T>;
}

interface Comparison<T> {
	/** The plain command, or several of which the first counts that succeeds. */
	commands(sample: Sample): readonly PlainCommand[];
	inspect(sample: Sample): Inspect<T>;
	/** Before each run of ours. */
	pauseMs?: number;
}

export async function compare<T>(
	{ runner, samples }: ToolBench,
	{ commands, inspect, pauseMs = 0 }: Comparison<T>,
): Promise<Compared<T>[]> {
	const compared: Compared<T>[] = [];
	for (const sample of samples.filter(isMeasured)) {
		showProgress(sample.label);
		await sleep(pauseMs);
		const ours = await runner.run(sample, inspect(sample));
		compared.push({ sample, ours, plain: await runPlain(sample, commands(sample), inspect(sample)) });
	}
	return compared;
}

/** Counts and logs samples that ended otherwise than their manifest says. Runs those that weren't measured. */
export async function unexpectedEnds(
	{ runner, samples }: ToolBench,
	compared: readonly { sample: Sample; ours: Trial<unknown> }[],
): Promise<Figure> {
	const ends = compared.map(({ sample, ours }) => ({ sample, trial: ours }));
	for (const sample of samples.filter((one) => !isMeasured(one))) {
		showProgress(sample.label);
		ends.push({ sample, trial: await runner.run(sample, async () => undefined) });
	}
	const unexpected = ends.filter(({ sample, trial }) => !sample.expect.includes(trial.outcome));
	for (const { sample, trial } of unexpected) {
		log(`${sample.label}: ${trial.outcome} instead of ${sample.expect.join(' or ')}: ${trial.message}`);
	}
	return { name: 'files that ended otherwise than expected', value: unexpected.length, bar: { atMost: 0 } };
}
