import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { log } from '../log.ts';
import { median } from '../measure/statistics.ts';
import type { Figure, Section } from '../report/section.ts';
import {
	type Inspect,
	isSuccess,
	type PlainCommand,
	runPlain,
	startToolRunner,
	type ToolRunner,
	type Trial,
} from '../run/trial.ts';
import { isMeasured, type Sample } from '../samples/samples.ts';

/** Trials of one sample. */
export interface Compared<T> {
	sample: Sample;
	plain: Trial<T>;
	ours: Trial<T>;
}

/** How a tool is compared with a plain command. */
export interface Comparison<T> {
	/** The plain command, in words. */
	plain: string;
	/** The plain command, or several of which the first counts that succeeds. */
	commands(sample: Sample): readonly PlainCommand[];
	inspect(sample: Sample): Inspect<T>;
	/** Before each run of ours. */
	pauseMs?: number;
	/** Target for the median time of ours. */
	maxMedianSeconds?: number;
	figures(rows: readonly Compared<T>[]): Figure[];
	/** What a row shows besides times. */
	cells(row: Compared<T>): Record<string, string | number>;
}

/** Runs each sample with our tool and, if it must give an output, with the plain command. */
export async function compareTool<T>(
	tool: Tool,
	samples: readonly Sample[],
	comparison: Comparison<T>,
): Promise<Section> {
	const runner = startToolRunner(tool);
	const rows: Compared<T>[] = [];
	for (const sample of samples.filter(isMeasured)) {
		process.stderr.write(`${sample.tool}: ${sample.label}\n`);
		await sleep(comparison.pauseMs);
		const inspect = comparison.inspect(sample);
		const ours = await runner.run(sample, inspect);
		rows.push({ sample, ours, plain: await runPlain(sample, comparison.commands(sample), inspect) });
	}
	const unexpected = await unexpectedEnds(runner, samples, rows);
	await runner.stop();
	const { plain, maxMedianSeconds } = comparison;
	const medianOf = (side: 'ours' | 'plain') => median(rows.map((row) => row[side].seconds));
	const bar = maxMedianSeconds === undefined ? undefined : { atMost: maxMedianSeconds };
	const refused = rows.filter((row) => !isSuccess(row.ours) && isSuccess(row.plain)).length;
	return {
		title: `${tool.manifest.slug}, beside ${plain}`,
		figures: [
			{ name: 'files', value: rows.length },
			{ name: 'median time', value: medianOf('ours'), unit: 's', bar },
			{ name: `median time of ${plain}`, value: medianOf('plain'), unit: 's' },
			...comparison.figures(rows),
			{ name: `done by ${plain}, not by ours`, value: refused, bar: { atMost: 0 } },
			{ name: 'files that ended otherwise than expected', value: unexpected, bar: { atMost: 0 } },
		],
		files: rows.map((row) => ({
			...{ file: row.sample.label, s: row.ours.seconds, [`${plain} s`]: row.plain.seconds },
			...comparison.cells(row),
			end: row.ours.outcome,
		})),
	};
}

/** Counts and logs samples that ended otherwise than their manifest says. Runs those that weren't measured. */
async function unexpectedEnds(
	runner: ToolRunner,
	samples: readonly Sample[],
	rows: readonly Compared<unknown>[],
): Promise<number> {
	const ends = rows.map(({ sample, ours }) => ({ sample, trial: ours }));
	for (const sample of samples.filter((one) => !isMeasured(one)))
		ends.push({ sample, trial: await runner.run(sample, async () => undefined) });
	const unexpected = ends.filter(({ sample, trial }) => !sample.expect.includes(trial.outcome));
	for (const { sample, trial } of unexpected)
		log(`${sample.label}: ${trial.outcome} instead of ${sample.expect.join(' or ')}: ${trial.message}`);
	return unexpected.length;
}
