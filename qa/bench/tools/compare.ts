import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { log, showProgress } from '../log.ts';
import type { Figure, Section } from '../report/section.ts';
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

/** How a tool is compared with the plain command. The file with the name of the tool exports it. */
export interface Comparison<T> {
	title: string;
	/** The plain command, or several of which the first counts that succeeds. */
	commands(sample: Sample): readonly PlainCommand[];
	inspect(sample: Sample): Inspect<T>;
	/** Before each run of ours. */
	pauseMs?: number;
	figures(rows: readonly Compared<T>[], context: ToolBench): Promise<Figure[]>;
	cells(row: Compared<T>): Record<string, string | number>;
}

export async function compare<T>(context: ToolBench, comparison: Comparison<T>): Promise<Section> {
	const { title, commands, inspect, pauseMs = 0, figures, cells } = comparison;
	const rows: Compared<T>[] = [];
	for (const sample of context.samples.filter(isMeasured)) {
		showProgress(sample.label);
		await sleep(pauseMs);
		const ours = await context.runner.run(sample, inspect(sample));
		rows.push({ sample, ours, plain: await runPlain(sample, commands(sample), inspect(sample)) });
	}
	const own = await figures(rows, context);
	return { title, figures: [...own, await unexpectedEnds(context, rows)], files: rows.map(cells) };
}

/** Counts and logs samples that ended otherwise than their manifest says. Runs those that weren't measured. */
async function unexpectedEnds(
	{ runner, samples }: ToolBench,
	compared: readonly Compared<unknown>[],
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
