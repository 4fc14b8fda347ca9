import { statSync } from 'node:fs';
import { PDF } from '@creatorr/tool-kit/files/media-types';
import { showProgress } from '../log.ts';
import { judgePdf, type Verdict } from '../measure/inspect-pdf.ts';
import { geometricMean, median } from '../measure/statistics.ts';
import type { Figure } from '../report/section.ts';
import type { PlainCommand, Trial } from '../run/trial.ts';
import { largeFile } from '../samples/generated.ts';
import { SUCCEEDED } from '../samples/samples.ts';
import type { Compared, Comparison, ToolBench } from './compare.ts';

const FLAGS = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=pdfwrite', '-dPDFSETTINGS=/ebook'];
const ghostscript: PlainCommand = (input) => ['gs', ...FLAGS, '-o', 'out.pdf', input];

/** The target applies only from this number of files on: results of fewer depend too much on single files. */
const FILES_FOR_RATIO = 9;

const LARGE = {
	'text of 2,500 pages': 'text_2500_pages',
	'120 screenshots of 25 MB': 'screenshots_25_mb',
} as const;

type Row = Compared<Verdict>;

/** Without output, the original is the result. */
function verdictOf({ found }: Trial<Verdict>): Verdict {
	return found ?? { ratio: 1, score: 1, ssim: 1, lost: [] };
}

export const comparison: Comparison<Verdict> = {
	title: 'compress_heavy, beside gs -dPDFSETTINGS=/ebook',
	commands: () => [ghostscript],
	inspect:
		({ path }) =>
		(output) =>
			judgePdf(path, output),
	figures: async (rows, context) => [
		...scoreFigures(rows),
		...timeFigures(rows),
		...(await largeFigures(context)),
	],
	cells({ sample, plain, ours }) {
		const [verdictOfGs, verdict] = [verdictOf(plain), verdictOf(ours)];
		return {
			file: sample.label,
			KB: Math.round(statSync(sample.path).size / 1000),
			'gs ratio': verdictOfGs.ratio,
			'gs score': verdictOfGs.score,
			'gs s': plain.seconds,
			'gs lost': verdictOfGs.lost.join(' '),
			ratio: verdict.ratio,
			score: verdict.score,
			SSIM: verdict.ssim,
			s: ours.seconds,
			lost: verdict.lost.join(' '),
			method: String(ours.details.method ?? ''),
			end: ours.outcome,
		};
	},
};

function scoreFigures(rows: readonly Row[]): Figure[] {
	const verdicts = rows.map(({ ours }) => verdictOf(ours));
	const score = geometricMean(verdicts.map((one) => one.score));
	const scoreOfGs = geometricMean(rows.map(({ plain }) => verdictOf(plain).score));
	const lowestSsim = Math.min(...verdicts.map(({ ssim }) => ssim));
	const minRatio = rows.length >= FILES_FOR_RATIO ? { atLeast: 1.75 } : undefined;
	const count = (matches: (verdict: Verdict) => boolean) => verdicts.filter(matches).length;
	return [
		{ name: 'files', value: rows.length },
		{ name: 'score (geometric mean)', value: score, bar: { atMost: 0.35 } },
		{ name: 'score of gs', value: scoreOfGs },
		{ name: 'score of gs ÷ ours', value: scoreOfGs / score, bar: minRatio },
		{ name: 'lowest SSIM', value: lowestSsim, bar: { atLeast: 0.95 } },
		{ name: 'files that lost structure', value: count(({ lost }) => lost.length > 0), bar: { atMost: 0 } },
		{ name: 'outputs larger than the input', value: count(({ ratio }) => ratio > 1), bar: { atMost: 0 } },
	];
}

function timeFigures(rows: readonly Row[]): Figure[] {
	const ours = median(rows.map((row) => row.ours.seconds));
	const gs = median(rows.map((row) => row.plain.seconds));
	const ratios = rows.map((row) => row.ours.seconds / row.plain.seconds);
	return [
		{ name: 'median time', value: ours, unit: 's' },
		{ name: 'median time of gs', value: gs, unit: 's' },
		{ name: 'median time ÷ median time of gs', value: ours / gs, bar: { atMost: 1.5 } },
		{ name: 'median of time ÷ time of gs, file by file', value: median(ratios) },
	];
}

async function largeFigures({ tool, runner, withLarge }: ToolBench): Promise<Figure[]> {
	if (!withLarge) return [];
	const figures: Figure[] = [];
	for (const [name, file] of Object.entries(LARGE)) {
		const path = largeFile(file);
		showProgress(path);
		const { slug } = tool.manifest;
		const sample = { tool: slug, path, label: name, mimeType: PDF, params: {}, expect: [SUCCEEDED] };
		const trial = await runner.run(sample, (output) => judgePdf(path, output));
		figures.push({ name, value: trial.seconds, unit: 's', bar: { atMost: 60 } });
		figures.push({ name: `${name}: score`, value: verdictOf(trial).score });
	}
	return figures;
}
