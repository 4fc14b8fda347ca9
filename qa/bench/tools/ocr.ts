import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { characterErrorRate } from '../measure/character-error.ts';
import { extractText } from '../measure/inspect-pdf.ts';
import { mean, sum } from '../measure/statistics.ts';
import type { Figure } from '../report/section.ts';
import { isSuccess } from '../run/trial.ts';
import { truthPath } from '../samples/samples.ts';
import type { Compared, Comparison } from './compare.ts';

/** What a person tries next when ocrmypdf refuses an image without a resolution, pages with text, or a tagged PDF. */
const FALLBACKS = [[], ['--image-dpi', '300'], ['--skip-text'], ['--force-ocr']] as const;

const pagesOf = ({ ours }: Compared<number>) => Number(ours.details.pages_recognized ?? 0);

/** Finds the character error; NaN without a text to compare with. */
export const comparison: Comparison<number> = {
	plain: 'ocrmypdf --rotate-pages --deskew',
	commands({ params }) {
		const languages = Array.isArray(params.languages) ? params.languages : ['eng'];
		const common = ['--language', languages.join('+'), '--rotate-pages', '--deskew'];
		return FALLBACKS.map((fallback) => (input) => ['ocrmypdf', ...common, ...fallback, input, 'out.pdf']);
	},
	inspect({ path }) {
		const file = truthPath(path);
		if (file === undefined) return async () => Number.NaN;
		const truth = readFileSync(file, 'utf8');
		return async (output, scratch) => characterErrorRate(truth, await extractText(scratch, output));
	},
	figures: (rows) => [...speedFigures(rows), ...errorFigures(rows)],
	cells: (row) => ({
		pages: pagesOf(row),
		error: row.ours.found ?? Number.NaN,
		'ocrmypdf error': row.plain.found ?? row.plain.outcome,
	}),
};

/** Counts files with a page to recognize that both could read. */
function speedFigures(rows: readonly Compared<number>[]): Figure[] {
	const read = rows.filter((row) => pagesOf(row) > 0 && isSuccess(row.plain));
	const pagesPerMinute = (name: 'plain' | 'ours') =>
		(60 * sum(read.map(pagesOf))) / sum(read.map((row) => row[name].seconds));
	const title = `pages a minute on ${availableParallelism()} cores`;
	return [
		{ name: title, value: pagesPerMinute('ours'), bar: { atLeast: 30 } },
		{ name: `${title}, ocrmypdf`, value: pagesPerMinute('plain') },
	];
}

function errorFigures(rows: readonly Compared<number>[]): Figure[] {
	const errors = rows
		.map((row) => ({ plain: row.plain.found ?? Number.NaN, ours: row.ours.found ?? Number.NaN }))
		.filter(({ plain, ours }) => !Number.isNaN(plain + ours));
	const plain = mean(errors.map((one) => one.plain));
	return [
		{ name: 'files with their true text', value: errors.length },
		{ name: 'character error (mean)', value: mean(errors.map(({ ours }) => ours)), bar: { atMost: plain } },
		{ name: 'character error, ocrmypdf', value: plain },
	];
}
