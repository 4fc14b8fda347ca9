import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { showProgress } from '../log.ts';
import { characterErrorRate } from '../measure/character-error.ts';
import { extractText } from '../measure/inspect-pdf.ts';
import { mean, sum } from '../measure/statistics.ts';
import type { Figure } from '../report/section.ts';
import { type Inspect, isSuccess, type PlainCommand, secondsSince } from '../run/trial.ts';
import { type Sample, truthPath } from '../samples/samples.ts';
import type { Compared, Comparison, ToolBench } from './compare.ts';

/** Options that a person tries one after another: ocrmypdf refuses images without a resolution, pages with text, and tagged PDFs. */
const FALLBACKS = [[], ['--image-dpi', '300'], ['--skip-text'], ['--force-ocr']] as const;

function ocrmypdf({ params }: Sample): PlainCommand[] {
	const languages = Array.isArray(params.languages) ? params.languages : ['eng'];
	const common = ['--language', languages.join('+'), '--rotate-pages', '--deskew'];
	return FALLBACKS.map((fallback) => (input) => ['ocrmypdf', ...common, ...fallback, input, 'out.pdf']);
}

type Row = Compared<number>;

/** Finds the character error; NaN without a text to compare with. */
function inspect({ path }: Sample): Inspect<number> {
	const file = truthPath(path);
	if (file === undefined) return async () => Number.NaN;
	const truth = readFileSync(file, 'utf8');
	return async (output) => characterErrorRate(truth, await extractText(output));
}

export const comparison: Comparison<number> = {
	title: 'ocr, beside ocrmypdf --rotate-pages --deskew',
	commands: ocrmypdf,
	inspect,
	async figures(rows, context) {
		const refused = rows.filter((row) => !isSuccess(row.ours) && isSuccess(row.plain));
		return [
			...speedFigures(rows),
			...errorFigures(rows),
			await concurrencyFigure(context, rows),
			{ name: 'read by ocrmypdf, not by ours', value: refused.length, bar: { atMost: 0 } },
		];
	},
	cells: (row) => ({
		file: row.sample.label,
		pages: pagesOf(row),
		'ocrmypdf s': row.plain.seconds,
		'ocrmypdf error': row.plain.found ?? row.plain.outcome,
		s: row.ours.seconds,
		error: row.ours.found ?? Number.NaN,
		end: row.ours.outcome,
	}),
};

const pagesOf = ({ ours }: Row) => Number(ours.details.pages_recognized ?? 0);

/** Counts files with a page to recognize that both could read. */
function speedFigures(rows: readonly Row[]): Figure[] {
	const read = rows.filter((row) => pagesOf(row) > 0 && isSuccess(row.plain));
	const pagesPerMinute = (name: 'plain' | 'ours') =>
		(60 * sum(read.map(pagesOf))) / sum(read.map((row) => row[name].seconds));
	const title = `pages a minute on ${availableParallelism()} cores`;
	return [
		{ name: 'files', value: rows.length },
		{ name: title, value: pagesPerMinute('ours'), bar: { atLeast: 30 } },
		{ name: `${title}, ocrmypdf`, value: pagesPerMinute('plain') },
	];
}

function errorFigures(rows: readonly Row[]): Figure[] {
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

/** Times five jobs of one page at once, relative to one after the other. */
async function concurrencyFigure({ runner }: ToolBench, rows: readonly Row[]): Promise<Figure> {
	const onePagers = rows.filter((row) => pagesOf(row) === 1 && row.ours.details.pages === 1);
	const name = 'five one-page jobs, at once ÷ serially';
	if (onePagers.length === 0) return { name, value: Number.NaN };
	showProgress('five one-page jobs');
	const jobs = Array.from({ length: 5 }, () => onePagers.map(({ sample }) => sample))
		.flat()
		.slice(0, 5);
	const serialStart = performance.now();
	for (const job of jobs) await runner.time(job);
	const serial = secondsSince(serialStart);
	const concurrentStart = performance.now();
	await Promise.all(jobs.map(runner.time));
	return { name, value: secondsSince(concurrentStart) / serial, bar: { atMost: 1.2 } };
}
