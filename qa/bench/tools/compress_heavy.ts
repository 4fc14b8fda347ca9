import { statSync } from 'node:fs';
import { judgePdf, type Verdict } from '../measure/inspect-pdf.ts';
import { geometricMean, median } from '../measure/statistics.ts';
import type { Figure } from '../report/section.ts';
import type { Trial } from '../run/trial.ts';
import type { Compared, Comparison } from './compare.ts';

const FLAGS = ['-q', '-dBATCH', '-dNOPAUSE', '-dSAFER', '-sDEVICE=pdfwrite', '-dPDFSETTINGS=/ebook'];

/** Fewer files are too special for the target. */
const FILES_FOR_RATIO = 9;

/** Without output, the original is the result. */
function verdictOf({ found }: Trial<Verdict>): Verdict {
	return found ?? { ratio: 1, score: 1, ssim: 1, lost: [] };
}

export const comparison: Comparison<Verdict> = {
	plain: 'gs -dPDFSETTINGS=/ebook',
	commands: () => [(input) => ['gs', ...FLAGS, '-o', 'out.pdf', input]],
	inspect:
		({ path }) =>
		(output, scratch) =>
			judgePdf(scratch, path, output),
	figures: (rows) => [...scoreFigures(rows), ...timeFigures(rows)],
	cells({ sample, plain, ours }) {
		const [ofGs, verdict] = [verdictOf(plain), verdictOf(ours)];
		return {
			KB: Math.round(statSync(sample.path).size / 1000),
			...{ 'gs ratio': ofGs.ratio, 'gs score': ofGs.score, 'gs lost': ofGs.lost.join(' ') },
			...{ ratio: verdict.ratio, score: verdict.score, SSIM: verdict.ssim, lost: verdict.lost.join(' ') },
			method: String(ours.details.method ?? ''),
		};
	},
};

function scoreFigures(rows: readonly Compared<Verdict>[]): Figure[] {
	const verdicts = rows.map(({ ours }) => verdictOf(ours));
	const score = geometricMean(verdicts.map((one) => one.score));
	const scoreOfGs = geometricMean(rows.map(({ plain }) => verdictOf(plain).score));
	const minRatio = rows.length >= FILES_FOR_RATIO ? { atLeast: 1.75 } : undefined;
	const count = (matches: (verdict: Verdict) => boolean) => verdicts.filter(matches).length;
	return [
		{ name: 'score (geometric mean)', value: score, bar: { atMost: 0.35 } },
		{ name: 'score of gs', value: scoreOfGs },
		{ name: 'score of gs ÷ ours', value: scoreOfGs / score, bar: minRatio },
		{ name: 'lowest SSIM', value: Math.min(...verdicts.map(({ ssim }) => ssim)), bar: { atLeast: 0.95 } },
		{ name: 'files that lost structure', value: count(({ lost }) => lost.length > 0), bar: { atMost: 0 } },
		{ name: 'outputs larger than the input', value: count(({ ratio }) => ratio > 1), bar: { atMost: 0 } },
	];
}

function timeFigures(rows: readonly Compared<Verdict>[]): Figure[] {
	const [ours, gs] = [rows.map((row) => row.ours.seconds), rows.map((row) => row.plain.seconds)];
	const ratios = rows.map((row) => row.ours.seconds / row.plain.seconds);
	return [
		{ name: 'longest time', value: Math.max(...ours), unit: 's', bar: { atMost: 60 } },
		{ name: 'median time ÷ median time of gs', value: median(ours) / median(gs), bar: { atMost: 1.5 } },
		{ name: 'median of time ÷ time of gs, file by file', value: median(ratios) },
	];
}
