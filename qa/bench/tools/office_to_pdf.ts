import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { showProgress } from '../log.ts';
import { countPages } from '../measure/inspect-pdf.ts';
import { median } from '../measure/statistics.ts';
import type { Figure } from '../report/section.ts';
import { isSuccess, type PlainCommand, runPlain, secondsSince, startToolRunner } from '../run/trial.ts';
import type { Sample } from '../samples/samples.ts';
import type { Compared, Comparison, ToolBench } from './compare.ts';

/** Each job has its own /tmp, so each document has a new profile. */
const PROFILE = '-env:UserInstallation=file:///tmp/profile';
const soffice: PlainCommand = (input) => ['soffice', '--headless', PROFILE, '--convert-to', 'pdf', input];

const CONCURRENT_JOBS = 2;
const JOBS_PER_PROCESS = 20;
/** Until the processes for the next documents are warm. */
const WARM_AFTER_MS = 3000;
/** Enough that the end, when one of the two jobs waits for the other, doesn't matter. */
const CONVERSIONS = 40;

type Row = Compared<number>;

export const comparison: Comparison<number> = {
	title: 'office_to_pdf, beside a cold soffice --convert-to pdf',
	commands: () => [soffice],
	inspect: () => countPages,
	pauseMs: WARM_AFTER_MS,
	figures: async (rows, context) => [
		...latencyFigures(rows),
		...(await throughputFigures(context, rows)),
		...fidelityFigures(rows),
	],
	cells: ({ sample, plain, ours }) => ({
		file: sample.label,
		'soffice s': plain.seconds,
		'soffice pages': plain.found ?? Number.NaN,
		s: ours.seconds,
		pages: ours.found ?? Number.NaN,
		end: ours.outcome,
	}),
};

function latencyFigures(rows: readonly Row[]): Figure[] {
	const ours = median(rows.map((row) => row.ours.seconds));
	const soffice = median(rows.map((row) => row.plain.seconds));
	return [
		{ name: 'documents', value: rows.length },
		{ name: 'median time, on an idle worker', value: ours, unit: 's', bar: { atMost: 0.25 } },
		{ name: 'median time of soffice', value: soffice, unit: 's' },
		{ name: 'median time of soffice ÷ ours', value: soffice / ours },
	];
}

const isConvertible = ({ plain, ours }: Row) => isSuccess(plain) && isSuccess(ours);

async function throughputFigures({ tool, runner }: ToolBench, rows: readonly Row[]): Promise<Figure[]> {
	const samples = rows.filter(isConvertible).map(({ sample }) => sample);
	const queue = Array.from({ length: Math.ceil(CONVERSIONS / samples.length) }, () => samples).flat();
	const perMinute = async (run: (sample: Sample) => Promise<unknown>) => {
		const startedAt = performance.now();
		await pMap(queue, run, { concurrency: CONCURRENT_JOBS });
		return (60 * queue.length) / secondsSince(startedAt);
	};
	showProgress(`${queue.length} conversions by each`);
	const cold = await perMinute((sample) => runPlain(sample, [soffice], async () => undefined));
	const single = await perMinute(runner.time);
	const reusing = startToolRunner(tool, JOBS_PER_PROCESS);
	const reused = await perMinute(reusing.time);
	await reusing.stop();
	const title = `documents a minute, ${CONCURRENT_JOBS} at once on ${availableParallelism()} cores`;
	return [
		{ name: `${title}, soffice`, value: cold },
		{ name: `${title}, one a process`, value: single, bar: { atLeast: 120 } },
		{ name: `${title}, ${JOBS_PER_PROCESS} a process`, value: reused, bar: { atLeast: 200 } },
	];
}

function fidelityFigures(rows: readonly Row[]): Figure[] {
	const refused = rows.filter(({ plain, ours }) => isSuccess(plain) && !isSuccess(ours));
	const different = rows.filter((row) => isConvertible(row) && row.plain.found !== row.ours.found);
	return [
		{ name: 'converted by soffice, not by ours', value: refused.length, bar: { atMost: 0 } },
		{ name: 'with another number of pages than by soffice', value: different.length },
	];
}
