import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { pagesOf } from '../measure/pdf.ts';
import { median } from '../measure/statistics.ts';
import { besideChart } from '../report/beside.ts';
import type { Figure, Section } from '../report/figure.ts';
import { type NaiveCommand, OFFICE_OUTPUT, runNaive } from '../run/naive.ts';
import { isSuccess, type Made, secondsSince, type Trial } from '../run/trial.ts';
import { startWorker } from '../run/worker.ts';
import type { Sample } from '../samples/sample.ts';
import { type BenchContext, measureSamples } from './bench-context.ts';
import { unexpectedEnds } from './expectations.ts';
import { repeated } from './repeated.ts';

/** /tmp is the job's own, so the profile is a fresh one for each document. */
const SOFFICE: NaiveCommand = {
	command: 'soffice',
	args: (input) => ['--headless', '-env:UserInstallation=file:///tmp/profile', '--convert-to', 'pdf', input],
	output: OFFICE_OUTPUT,
};

const AT_ONCE = 2;
const JOBS_PER_PROCESS = 20;
/** Until the processes that stand by for the next documents have started. */
const IDLE_AFTER_MS = 3000;
/** Enough that the beginning and the end, when one waits for the other, do not show. */
const CONVERSIONS = 40;

interface Measured {
	sample: Sample;
	naive: Trial<number>;
	ours: Trial<number>;
}

/** office_to_pdf against a cold soffice with a fresh profile for each document. */
export async function bench(context: BenchContext): Promise<Section> {
	const measured = await measureSamples(context, measure);
	const figures = [
		...latencyFigures(measured),
		...(await throughputFigures(context, measured)),
		...fidelityFigures(measured),
		await unexpectedEnds(context, measured),
	];
	return {
		title: 'office_to_pdf, beside a cold soffice --convert-to pdf',
		figures,
		files: measured.map(row),
		charts: [
			besideChart(
				{ title: 'Time of a conversion by office_to_pdf', unit: 's', theirs: 'cold soffice' },
				measured.map(({ sample, naive, ours }) => ({
					...{ label: sample.label, theirs: naive.seconds, ours: ours.seconds },
				})),
			),
		],
	};
}

async function measure({ worker, repeat }: BenchContext, sample: Sample): Promise<Measured> {
	const idle = async () => {
		await sleep(IDLE_AFTER_MS);
		return worker.run(sample, look);
	};
	const look = (made: Made, scratch: Scratch) => pagesOf(scratch, made.path);
	return {
		sample,
		naive: await repeated(repeat, () => runNaive(sample, [SOFFICE], look)),
		ours: await repeated(repeat, idle),
	};
}

function latencyFigures(measured: readonly Measured[]): Figure[] {
	const ours = median(measured.map((one) => one.ours.seconds));
	const naive = median(measured.map((one) => one.naive.seconds));
	return [
		{ name: 'documents', value: measured.length },
		{ name: 'median time, on an idle worker', value: ours, unit: 's', bar: { atMost: 0.25 } },
		{ name: 'median time of soffice', value: naive, unit: 's' },
		{ name: 'median time of soffice ÷ ours', value: naive / ours },
	];
}

async function throughputFigures(context: BenchContext, measured: readonly Measured[]): Promise<Figure[]> {
	const { tool, worker, progress } = context;
	const convertible = measured.filter(({ naive, ours }) => isSuccess(naive) && isSuccess(ours));
	const rounds = Math.ceil(CONVERSIONS / convertible.length);
	const queue = Array.from({ length: rounds }, () => convertible.map(({ sample }) => sample)).flat();
	const title = `documents a minute, ${AT_ONCE} at once on ${availableParallelism()} cores`;
	progress(`${queue.length} conversions by each`);
	const naive = await perMinute(queue, (sample) => runNaive(sample, [SOFFICE], nothing));
	const ours = await perMinute(queue, (sample) => worker.run(sample, nothing));
	const reusing = startWorker(tool, { jobsPerProcess: JOBS_PER_PROCESS });
	const reused = await perMinute(queue, (sample) => reusing.run(sample, nothing));
	await reusing.stop();
	return [
		{ name: `${title}, soffice`, value: naive },
		{ name: `${title}, one a process`, value: ours, bar: { atLeast: 120 } },
		{ name: `${title}, ${JOBS_PER_PROCESS} a process`, value: reused, bar: { atLeast: 200 } },
	];
}

async function nothing(): Promise<void> {}

async function perMinute(
	queue: readonly Sample[],
	run: (sample: Sample) => Promise<unknown>,
): Promise<number> {
	const startedAt = performance.now();
	await mapConcurrently(queue, AT_ONCE, run);
	return (60 * queue.length) / secondsSince(startedAt);
}

function fidelityFigures(measured: readonly Measured[]): Figure[] {
	const both = measured.filter(({ naive, ours }) => isSuccess(naive) && isSuccess(ours));
	return [
		{
			name: 'converted by soffice, not by ours',
			value: measured.filter(({ naive, ours }) => isSuccess(naive) && !isSuccess(ours)).length,
			bar: { atMost: 0 },
		},
		{
			name: 'with another number of pages than by soffice',
			value: both.filter(({ naive, ours }) => naive.seen !== ours.seen).length,
		},
	];
}

function row({ sample, naive, ours }: Measured): Record<string, string | number> {
	return {
		file: sample.label,
		'soffice s': naive.seconds,
		'soffice pages': naive.seen ?? Number.NaN,
		s: ours.seconds,
		pages: ours.seen ?? Number.NaN,
		end: ours.outcome,
	};
}
