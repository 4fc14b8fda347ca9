import { deflateSync } from 'node:zlib';
import {
	deflated,
	type OnePage,
	onePage,
	type RawObject,
	rawPdf,
} from '@creatorr/tools/testing/builders/pdf';
import type { Family, HostileCase } from '../hostile-case.ts';
import { forPdfTools, replaceIn, SHOWS_MARK, withDeadline } from './case-tables.ts';
import { hostilePages } from './pdf-pages.ts';

const MIB = 1024 * 1024;
/** Deadline of a job that draws pages, or extracts text, until its limit of CPU time for that. */
const COMPARISON_DEADLINE_MS = 90_000;

/** PDFs whose objects refer to themselves, or nest ever deeper. */
export const endlessPdfs: Family = {
	name: 'endless PDFs',
	cases: (world) => [
		...hostilePages('endless PDFs', world).flatMap(([expected, files]) => forPdfTools(expected, files)),
		...forPdfTools(SHOWS_MARK, { ...TABLES, 'a predictor of two billion columns': WIDE_PREDICTOR }),
		...forPdfTools('succeeded', UNREADABLE),
		...amplifiers(),
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

/** Small pages that take years to draw. Compression makes them smaller without comparing them; OCR gives up on the file or the page. */
function amplifiers(): HostileCase[] {
	const forms = {
		'forms that draw the next one twice, 40 deep': nested(40, FORM, '/X Do '.repeat(2)),
		'forms that draw the next one ten times, ten deep': nested(10, FORM, '/X Do '.repeat(10)),
		'forms of which each draws all others': mutual(12),
	};
	const others = {
		'soft masks with ten of the next, ten deep': nested(10, SOFT_MASK, '/X gs 0 0 99 99 re f '.repeat(10)),
		'patterns with ten fills by the next, ten deep': nested(10, PATTERN, FILLS),
		'glyphs with ten of the next font, ten deep': nested(10, TYPE_3, 'BT /X 1 Tf (AAAAAAAAAA) Tj ET'),
	};
	return [
		...withDeadline([
			...forPdfTools('succeeded', forms, ['compress_heavy']),
			...forPdfTools('limit_exceeded', forms, ['ocr']),
		]),
		...withDeadline(forPdfTools('succeeded', others), COMPARISON_DEADLINE_MS),
	];
}

const FILLS = '/Pattern cs /X scn 0 0 99 99 re f '.repeat(10);

/** How to draw an object by the name X, and its objects: entries of a dictionary, and where there is one, a stream. */
interface Drawable {
	resource(object: number): string;
	objects(resources: string, content: string, firstObject: number): RawObject[];
}

const asStream =
	(entries: string): Drawable['objects'] =>
	(resources, stream) => [{ dictionary: `${entries} /Resources << ${resources} >>`, stream }];
const FORM_ENTRIES = '/Type /XObject /Subtype /Form /BBox [0 0 300 300]';
const FORM: Drawable = {
	resource: (object) => `/XObject << /X ${object} 0 R >>`,
	objects: asStream(FORM_ENTRIES),
};
const SOFT_MASK: Drawable = {
	resource: (object) => `/ExtGState << /X << /SMask << /S /Luminosity /G ${object} 0 R >> >> >>`,
	objects: asStream(`${FORM_ENTRIES} /Group << /S /Transparency /CS /DeviceGray >>`),
};
const PATTERN: Drawable = {
	resource: (object) => `/Pattern << /X ${object} 0 R >>`,
	objects: asStream(
		'/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 300 300] /XStep 300 /YStep 300',
	),
};
const TYPE_3: Drawable = {
	resource: (object) => `/Font << /X ${object} 0 R >>`,
	objects: (resources, content, firstObject) => [
		`<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [9] /Encoding << /Differences [65 /A] >> /CharProcs << /A ${firstObject + 1} 0 R >> /Resources << ${resources} >> >>`,
		{ dictionary: '', stream: `9 0 d0 ${content}` },
	],
};

/** Returns a page that draws the first of `depth` objects, of which each draws the next with `content`. */
function nested(depth: number, { resource, objects }: Drawable, content: string): OnePage {
	const made: RawObject[] = [];
	for (let level = 1; level <= depth; level += 1) {
		const first = 5 + made.length;
		const isLast = level === depth;
		const { length } = objects('', '', first);
		made.push(...objects(isLast ? '' : resource(first + length), isLast ? '0 0 1 1 re f' : content, first));
	}
	return { resources: resource(5), content, objects: made };
}

/** Returns a page that draws the first of `count` forms. Every form draws all others. */
function mutual(count: number): OnePage {
	const numbers = Array.from({ length: count }, (_, index) => index + 5);
	const resources = `/XObject << ${numbers.map((object) => `/X${object} ${object} 0 R`).join(' ')} >>`;
	const contentOf = (form: number) =>
		numbers.filter((other) => other !== form).map((other) => `/X${other} Do `);
	return {
		resources,
		content: '/X5 Do',
		objects: numbers.map((form) => ({
			dictionary: `${FORM_ENTRIES} /Resources << ${resources} >>`,
			stream: contentOf(form).join(''),
		})),
	};
}

/** Streams with many filters. Compression refuses them all; OCR refuses those on whose page pdftotext finds no text. */
function filterChains(): HostileCase[] {
	const chained = (filter: string, times: number, stream: Buffer) => () =>
		onePage(drawing([`/BBox [0 0 9 9] /Filter [${`/${filter} `.repeat(times)}]`, stream]));
	const packed = (times: number) =>
		Array.from({ length: times }).reduce<Buffer>((bytes) => deflateSync(bytes), Buffer.from('0 0 m '));
	const chains = {
		'a stream packed 1,000 times': chained('FlateDecode', 1000, packed(1000)),
		'a stream in hexadecimals 1,000 times': chained('ASCIIHexDecode', 1000, Buffer.from('>')),
	};
	// On a busy machine, pdftotext may need more than its time limit to find the text.
	const long = {
		'a stream that claims to be packed 100,000 times': chained('FlateDecode', 100_000, packed(2)),
	};
	// Unpacks to 128^50 bytes, which pdftotext reads until its time limit.
	const runs = {
		'a stream of run lengths 50 times': chained('RunLengthDecode', 50, Buffer.alloc(1000, 0x81)),
	};
	return [
		...forPdfTools('limit_exceeded', { ...chains, ...long, ...runs }, ['compress_heavy']),
		...forPdfTools('succeeded', chains, ['ocr']),
		...forPdfTools(['succeeded', 'limit_exceeded'], long, ['ocr']),
		...withDeadline(forPdfTools('limit_exceeded', runs, ['ocr']), COMPARISON_DEADLINE_MS),
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
