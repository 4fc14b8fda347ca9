import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { characterErrorRate } from '../measure/character-error.ts';
import { textOf } from '../measure/pdf.ts';
import { mean, sum } from '../measure/statistics.ts';
import { besideChart } from '../report/beside.ts';
import type { Figure, Section } from '../report/figure.ts';
import { runNaive } from '../run/naive.ts';
import { isSuccess, type Made, type Trial } from '../run/trial.ts';
import type { Sample } from '../samples/sample.ts';
import { truthPath } from '../samples/truth.ts';
import { type BenchContext, measureSamples } from './bench-context.ts';
import { crowdFigure } from './crowd.ts';
import { unexpectedEnds } from './expectations.ts';
import { ocrmypdf } from './ocrmypdf.ts';
import { repeated } from './repeated.ts';

/** The character error; NaN where there is no truth to compare with. */
type Error = number;

export interface Measured {
	sample: Sample;
	/** That ours recognised. */
	pages: number;
	plain: Trial<Error>;
	upright: Trial<Error>;
	ours: Trial<Error>;
}

type Reader = 'plain' | 'upright' | 'ours';

/** ocr against `ocrmypdf` as it is, and with --rotate-pages --deskew. */
export async function bench(context: BenchContext): Promise<Section> {
	const measured = await measureSamples(context, measure);
	const figures = [
		...speedFigures(measured),
		...errorFigures(measured),
		await crowdFigure(context, onePagers(measured)),
		refusedFigure(measured),
		await unexpectedEnds(context, measured),
	];
	const title = 'ocr, beside ocrmypdf plain, and upright: with --rotate-pages --deskew';
	const chart = besideChart(
		{ title: 'Time of a recognition by ocr', unit: 's', theirs: 'ocrmypdf, upright' },
		measured.map(({ sample, upright, ours }) => ({
			...{ label: sample.label, theirs: upright.seconds, ours: ours.seconds },
		})),
	);
	return { title, figures, files: measured.map(row), charts: [chart] };
}

async function measure({ worker, repeat }: BenchContext, sample: Sample): Promise<Measured> {
	const truthFile = truthPath(sample.path);
	const truth = truthFile === undefined ? undefined : await readFile(truthFile, 'utf8');
	const look = async (made: Made, scratch: Scratch) =>
		truth === undefined ? Number.NaN : characterErrorRate(truth, await textOf(scratch, made.path));
	const ours = await repeated(repeat, () => worker.run(sample, look));
	return {
		sample,
		pages: Number(ours.made?.details.pages_recognized ?? 0),
		plain: await repeated(repeat, () => runNaive(sample, ocrmypdf(sample, []), look)),
		upright: await repeated(repeat, () =>
			runNaive(sample, ocrmypdf(sample, ['--rotate-pages', '--deskew']), look),
		),
		ours,
	};
}

/** The files of one page that was recognised. */
function onePagers(measured: readonly Measured[]): Sample[] {
	return measured
		.filter(({ pages, ours }) => pages === 1 && ours.made?.details.pages === 1)
		.map(({ sample }) => sample);
}

function speedFigures(measured: readonly Measured[]): Figure[] {
	const title = `pages a minute on ${availableParallelism()} cores`;
	return [
		{ name: 'files', value: measured.length },
		{ name: title, value: pagesPerMinute(measured, 'ours'), bar: { atLeast: 30 } },
		{ name: `${title}, plain`, value: pagesPerMinute(measured, 'plain') },
		{ name: `${title}, upright`, value: pagesPerMinute(measured, 'upright') },
	];
}

/** Over the files that had something to recognise, and that all three could read. */
function pagesPerMinute(measured: readonly Measured[], reader: Reader): number {
	const read = measured.filter(
		({ pages, plain, upright }) => pages > 0 && isSuccess(plain) && isSuccess(upright),
	);
	return (60 * sum(read.map(({ pages }) => pages))) / sum(read.map((one) => one[reader].seconds));
}

function errorFigures(measured: readonly Measured[]): Figure[] {
	const read = measured.filter((one) =>
		[one.plain, one.upright, one.ours].every(({ seen = Number.NaN }) => !Number.isNaN(seen)),
	);
	const meanError = (reader: Reader) => mean(read.map((one) => one[reader].seen ?? Number.NaN));
	const upright = meanError('upright');
	const excess = read.map(({ ours, upright: other }) => (ours.seen ?? 1) - (other.seen ?? 0));
	return [
		{ name: 'files with their true text', value: read.length },
		{ name: 'character error (mean)', value: meanError('ours'), bar: { atMost: upright } },
		{ name: 'character error, plain', value: meanError('plain') },
		{ name: 'character error, upright', value: upright },
		{ name: 'most above upright, in one file', value: Math.max(...excess, Number.NEGATIVE_INFINITY) },
	];
}

function refusedFigure(measured: readonly Measured[]): Figure {
	const refused = measured.filter(
		({ ours, plain, upright }) => !isSuccess(ours) && (isSuccess(plain) || isSuccess(upright)),
	);
	return { name: 'read by some ocrmypdf, not by ours', value: refused.length, bar: { atMost: 0 } };
}

function row({ sample, pages, plain, upright, ours }: Measured): Record<string, string | number> {
	return {
		file: sample.label,
		pages,
		'plain s': plain.seconds,
		'plain error': plain.seen ?? plain.outcome,
		'upright s': upright.seconds,
		'upright error': upright.seen ?? upright.outcome,
		s: ours.seconds,
		error: ours.seen ?? Number.NaN,
		end: ours.outcome,
	};
}
