import { deflateSync } from 'node:zlib';
import { deflated, type OnePage, onePage, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import type { Family, HostileCase } from '../hostile-case.ts';
import { forPdfTools, replaceIn, SHOWS_MARK, withDeadline } from './case-tables.ts';
import { hostilePages } from './pdf-pages.ts';

const MIB = 1024 * 1024;
/** Deadline of a job in which pdftotext runs until its own time limit of 60 s. */
const PDFTOTEXT_DEADLINE_MS = 180_000;

/** PDFs whose objects refer to themselves, or nest ever deeper. */
export const endlessPdfs: Family = {
	name: 'endless PDFs',
	cases: (world) => [
		...hostilePages('endless PDFs', world).flatMap(([expected, files]) => forPdfTools(expected, files)),
		...forPdfTools(SHOWS_MARK, { ...TABLES, 'a predictor of two billion columns': WIDE_PREDICTOR }),
		...forPdfTools('succeeded', UNREADABLE),
		...withDeadline(forPdfTools('timeout', { 'forms that draw each other twice, 40 deep': DOUBLING })),
		...filterChains(),
		...savedStates(),
		...forPdfTools('limit_exceeded', {
			'content that unpacks to 600 MiB': () =>
				onePage({ objects: [deflated('', Buffer.alloc(600 * MIB, 0x20))], page: '/Contents 5 0 R' }),
		}),
	],
};

/** Returns a page that draws the form that is object 5. */
const drawing = (...objects: [entries: string, stream: Buffer | string][]): OnePage => ({
	resources: '/XObject << /X 5 0 R >>',
	content: '/X Do',
	objects: objects.map(([entries, stream]) => ({
		dictionary: `/Type /XObject /Subtype /Form ${entries}`,
		stream,
	})),
});

const WIDE_PREDICTOR = drawing([
	'/BBox [0 0 9 9] /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 /Colors 32 /BitsPerComponent 16 >>',
	deflateSync(Buffer.alloc(100)),
]);

const DOUBLING = drawing(
	...Array.from({ length: 40 }, (_, index): [string, string] =>
		index < 39
			? [`/BBox [0 0 300 300] /Resources << /XObject << /X ${index + 6} 0 R >> >>`, '/X Do /X Do']
			: ['/BBox [0 0 300 300] /Resources <<  >>', '0 0 1 1 re f'],
	),
);

/** Streams with many filters. Compression refuses them all; OCR refuses those on whose page pdftotext finds no text. */
function filterChains(): HostileCase[] {
	const chained = (filter: string, times: number, stream: Buffer) => () =>
		onePage(drawing([`/BBox [0 0 9 9] /Filter [${`/${filter} `.repeat(times)}]`, stream]));
	const packed = (times: number) =>
		Array.from({ length: times }).reduce<Buffer>((bytes) => deflateSync(bytes), Buffer.from('0 0 m '));
	const chains = {
		'a stream packed 1,000 times': chained('FlateDecode', 1000, packed(1000)),
		'a stream that claims to be packed 100,000 times': chained('FlateDecode', 100_000, packed(2)),
		'a stream in hexadecimals 1,000 times': chained('ASCIIHexDecode', 1000, Buffer.from('>')),
	};
	// Unpacks to 128^50 bytes, which pdftotext reads until its time limit.
	const runs = {
		'a stream of run lengths 50 times': chained('RunLengthDecode', 50, Buffer.alloc(1000, 0x81)),
	};
	return [
		...forPdfTools('limit_exceeded', { ...chains, ...runs }, ['compress_heavy']),
		...forPdfTools('succeeded', chains, ['ocr']),
		...withDeadline(forPdfTools('limit_exceeded', runs, ['ocr']), PDFTOTEXT_DEADLINE_MS),
	];
}

/**
 * A million saved graphics states. Poppler needs all the memory of a job to draw the page: the limit ends the job, or Poppler gives up
 * just before and compression finds no page that it can compare. OCR draws no page that has text.
 */
function savedStates(): HostileCase[] {
	const states = { 'a million saved graphics states': { content: 'q '.repeat(1_000_000) } };
	return [
		...forPdfTools(['limit_exceeded', 'corrupt_input'], states, ['compress_heavy']),
		...forPdfTools(SHOWS_MARK, states, ['ocr']),
	];
}

/** A cross-reference table with an entry for the table before it. */
const tableAfter = (previous: (start: number) => number) => (): Buffer => {
	const pdf = onePage({});
	const start = Number(/startxref\n(\d+)/.exec(pdf.toString('latin1'))?.[1]);
	return replaceIn(pdf, '/Root 1 0 R', `/Root 1 0 R /Prev ${previous(start)}`);
};

const TABLES = {
	'a table that follows itself': tableAfter((start) => start),
	'a table that follows one within the text': tableAfter(() => 20),
	'a table that follows one after the end': tableAfter(() => 999_999_999),
	'a table that claims two billion objects': () => replaceIn(onePage({}), /\/Size \d+/, '/Size 2000000000'),
};

/** Files whose text gets lost, which is no failure. */
const UNREADABLE: Record<string, OnePage | (() => Buffer)> = {
	'content that unpacks to 2 MiB of operators': {
		page: '/Contents [4 0 R 5 0 R]',
		objects: [deflated('', Buffer.alloc(2 * MIB, 'q Q '))],
	},
	'resources that refer to themselves': () =>
		rawPdf({
			objects: [
				'<< /Type /Catalog /Pages 2 0 R >>',
				'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
				'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources 5 0 R >>',
				{ dictionary: '', stream: `% ${' '.repeat(500)}\n/X Do` },
				'<< /XObject 5 0 R /X 5 0 R /Font 5 0 R >>',
			],
		}),
};
