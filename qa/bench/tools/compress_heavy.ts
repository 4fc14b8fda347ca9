import { stat } from 'node:fs/promises';
import { PDF } from '@creatorr/tool-kit/files/media-types';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { judge, type Verdict } from '../measure/judge.ts';
import { geometricMean, median } from '../measure/statistics.ts';
import { besideChart } from '../report/beside.ts';
import type { Figure, Section } from '../report/figure.ts';
import { type NaiveCommand, runNaive } from '../run/naive.ts';
import type { Made, Trial } from '../run/trial.ts';
import { type Sample, SUCCEEDED } from '../samples/sample.ts';
import { type BenchContext, measureSamples } from './bench-context.ts';
import { unexpectedEnds } from './expectations.ts';
import { repeated } from './repeated.ts';

const GHOSTSCRIPT: NaiveCommand = {
	command: 'gs',
	args: (input) => [
		'-q',
		'-dBATCH',
		'-dNOPAUSE',
		'-dSAFER',
		'-sDEVICE=pdfwrite',
		'-dPDFSETTINGS=/ebook',
		'-o',
		'out.pdf',
		input,
	],
	output: 'out.pdf',
};

/** A set of fewer files is no mixture that the ratio could be held to. */
const FILES_FOR_RATIO = 9;

/** What the original is worth. */
const NOTHING_GAINED: Verdict = { ratio: 1, score: 1, ssim: 1, lost: [] };

interface Measured {
	sample: Sample;
	bytes: number;
	naive: Trial<Verdict>;
	ours: Trial<Verdict>;
}

/** compress_heavy against Ghostscript's /ebook. */
export async function bench(context: BenchContext): Promise<Section> {
	const measured = await measureSamples(context, measure);
	const figures = [
		...scoreFigures(measured),
		...timeFigures(measured),
		...(await largeFigures(context)),
		await unexpectedEnds(context, measured),
	];
	const chart = besideChart(
		{ title: 'Size after ÷ size before, by compress_heavy and by gs', unit: '×', theirs: 'gs /ebook' },
		measured.map(({ sample, naive, ours }) => ({
			label: sample.label,
			theirs: verdictOf(naive).ratio,
			ours: verdictOf(ours).ratio,
		})),
	);
	const title = 'compress_heavy, beside gs -dPDFSETTINGS=/ebook';
	return { title, figures, files: measured.map(row), charts: [chart] };
}

async function measure({ worker, repeat }: BenchContext, sample: Sample): Promise<Measured> {
	const look = (made: Made, scratch: Scratch) => judge(scratch, sample.path, made.path);
	return {
		sample,
		bytes: (await stat(sample.path)).size,
		naive: await repeated(repeat, () => runNaive(sample, [GHOSTSCRIPT], look)),
		ours: await repeated(repeat, () => worker.run(sample, look)),
	};
}

function verdictOf({ seen }: Trial<Verdict>): Verdict {
	return seen ?? NOTHING_GAINED;
}

function scoreFigures(measured: readonly Measured[]): Figure[] {
	const ours = geometricMean(measured.map((one) => verdictOf(one.ours).score));
	const naive = geometricMean(measured.map((one) => verdictOf(one.naive).score));
	const verdicts = measured.map((one) => verdictOf(one.ours));
	return [
		{ name: 'files', value: measured.length },
		{ name: 'score (geometric mean)', value: ours, bar: { atMost: 0.35 } },
		{ name: 'score of gs', value: naive },
		{
			name: 'score of gs ÷ ours',
			value: naive / ours,
			...(measured.length >= FILES_FOR_RATIO && { bar: { atLeast: 1.75 } }),
		},
		{ name: 'lowest SSIM', value: Math.min(...verdicts.map(({ ssim }) => ssim)), bar: { atLeast: 0.95 } },
		{
			name: 'files that lost structure',
			value: verdicts.filter(({ lost }) => lost.length > 0).length,
			bar: { atMost: 0 },
		},
		{
			name: 'outputs larger than the input',
			value: verdicts.filter(({ ratio }) => ratio > 1).length,
			bar: { atMost: 0 },
		},
	];
}

function timeFigures(measured: readonly Measured[]): Figure[] {
	const ours = median(measured.map((one) => one.ours.seconds));
	const naive = median(measured.map((one) => one.naive.seconds));
	const ratios = measured.map((one) => one.ours.seconds / one.naive.seconds);
	return [
		{ name: 'median time', value: ours, unit: 's' },
		{ name: 'median time of gs', value: naive, unit: 's' },
		{ name: 'median time ÷ median time of gs', value: ours / naive, bar: { atMost: 1.5 } },
		{ name: 'median of time ÷ time of gs, file by file', value: median(ratios) },
	];
}

async function largeFigures({ tool, worker, large, progress }: BenchContext): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const [name, path] of Object.entries(large ?? {})) {
		progress(path);
		const sample = {
			tool: tool.manifest.slug,
			path,
			label: path,
			mimeType: PDF,
			params: {},
			expect: [SUCCEEDED],
		};
		const trial = await worker.run(sample, (made, scratch) => judge(scratch, path, made.path));
		const label = name === 'text' ? 'text of 2,500 pages' : '120 screenshots of 25 MB';
		figures.push({ name: label, value: trial.seconds, unit: 's', bar: { atMost: 60 } });
		figures.push({ name: `${label}: score`, value: verdictOf(trial).score });
	}
	return figures;
}

function row({ sample, bytes, naive, ours }: Measured): Record<string, string | number> {
	const [naiveVerdict, verdict] = [verdictOf(naive), verdictOf(ours)];
	return {
		file: sample.label,
		KB: Math.round(bytes / 1000),
		'gs ratio': naiveVerdict.ratio,
		'gs score': naiveVerdict.score,
		'gs s': naive.seconds,
		'gs lost': naiveVerdict.lost.join(' '),
		ratio: verdict.ratio,
		score: verdict.score,
		SSIM: verdict.ssim,
		s: ours.seconds,
		lost: verdict.lost.join(' '),
		method: String(ours.made?.details.method ?? ''),
		end: ours.outcome,
	};
}
