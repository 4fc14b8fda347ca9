import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { characterErrorRate } from '../measure/character-error.ts';
import { extractText } from '../measure/inspect-pdf.ts';
import { mean, sum } from '../measure/statistics.ts';
import type { Figure, Section } from '../report/section.ts';
import { type Inspect, isSuccess, type PlainCommand, secondsSince } from '../run/trial.ts';
import { type Sample, truthPath } from '../samples/samples.ts';
import { type Compared, compare, type ToolBench, unexpectedEnds } from './compare.ts';

/** What a person tries next when ocrmypdf refuses an image without a resolution, pages with text, or a tagged PDF. */
const FALLBACKS = [[], ['--image-dpi', '300'], ['--skip-text'], ['--force-ocr']] as const;

function ocrmypdf({ params }: Sample, ...flags: string[]): PlainCommand[] {
	const languages = Array.isArray(params.languages) ? params.languages : ['eng'];
	const common = ['--language', languages.join('+'), ...flags];
	return FALLBACKS.map((fallback) => (input) => ['ocrmypdf', ...common, ...fallback, input, 'out.pdf']);
}

type Name = 'plain' | 'upright' | 'ours';
type Row = Compared<Name, number>;

/** Finds the character error; NaN without a text to compare with. */
function inspect({ path }: Sample): Inspect<number> {
	const file = truthPath(path);
	if (file === undefined) return async () => Number.NaN;
	const truth = readFileSync(file, 'utf8');
	return async (output, scratch) => characterErrorRate(truth, await extractText(scratch, output));
}

/** Compares ocr with `ocrmypdf` as it is, and with --rotate-pages --deskew. */
export async function compareTool(context: ToolBench): Promise<Section> {
	const rows = await compare(context, {
		commands: (sample) => ({
			plain: ocrmypdf(sample),
			upright: ocrmypdf(sample, '--rotate-pages', '--deskew'),
		}),
		inspect,
	});
	return {
		title: 'ocr, beside ocrmypdf plain, and upright: with --rotate-pages --deskew',
		figures: [
			...speedFigures(rows),
			...errorFigures(rows),
			await concurrencyFigure(context, rows),
			refusedFigure(rows),
			await unexpectedEnds(context, rows),
		],
		files: rows.map(cells),
	};
}

const pagesOf = ({ ours }: Row) => Number(ours.details.pages_recognized ?? 0);

/** Counts files with a page to recognize that all three could read. */
function speedFigures(rows: readonly Row[]): Figure[] {
	const read = rows.filter((row) => pagesOf(row) > 0 && isSuccess(row.plain) && isSuccess(row.upright));
	const pagesPerMinute = (name: Name) =>
		(60 * sum(read.map(pagesOf))) / sum(read.map((row) => row[name].seconds));
	const title = `pages a minute on ${availableParallelism()} cores`;
	return [
		{ name: 'files', value: rows.length },
		{ name: title, value: pagesPerMinute('ours'), bar: { atLeast: 30 } },
		{ name: `${title}, plain`, value: pagesPerMinute('plain') },
		{ name: `${title}, upright`, value: pagesPerMinute('upright') },
	];
}

function errorFigures(rows: readonly Row[]): Figure[] {
	const read = rows
		.map(({ plain, upright, ours }) => [plain, upright, ours].map(({ found = Number.NaN }) => found))
		.filter((errors) => !errors.some(Number.isNaN));
	const column = (index: number) => read.map((errors) => errors[index] ?? Number.NaN);
	const [plain, upright, ours] = [column(0), column(1), column(2)];
	const excess = ours.map((error, index) => error - (upright[index] ?? 0));
	return [
		{ name: 'files with their true text', value: read.length },
		{ name: 'character error (mean)', value: mean(ours), bar: { atMost: mean(upright) } },
		{ name: 'character error, plain', value: mean(plain) },
		{ name: 'character error, upright', value: mean(upright) },
		{ name: 'most above upright, in one file', value: Math.max(...excess, Number.NEGATIVE_INFINITY) },
	];
}

/** Times five jobs of one page at once, relative to one after the other. */
async function concurrencyFigure({ runner, progress }: ToolBench, rows: readonly Row[]): Promise<Figure> {
	const onePagers = rows.filter((row) => pagesOf(row) === 1 && row.ours.details.pages === 1);
	const name = 'five one-page jobs, at once ÷ serially';
	if (onePagers.length === 0) return { name, value: Number.NaN };
	progress('five one-page jobs');
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

function refusedFigure(rows: readonly Row[]): Figure {
	const refused = rows.filter(
		({ ours, plain, upright }) => !isSuccess(ours) && (isSuccess(plain) || isSuccess(upright)),
	);
	return { name: 'read by some ocrmypdf, not by ours', value: refused.length, bar: { atMost: 0 } };
}

function cells(row: Row): Record<string, string | number> {
	const { sample, plain, upright, ours } = row;
	return {
		file: sample.label,
		pages: pagesOf(row),
		'plain s': plain.seconds,
		'plain error': plain.found ?? plain.outcome,
		'upright s': upright.seconds,
		'upright error': upright.found ?? upright.outcome,
		s: ours.seconds,
		error: ours.found ?? Number.NaN,
		end: ours.outcome,
	};
}
