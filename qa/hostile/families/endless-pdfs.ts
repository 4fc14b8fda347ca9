import { deflateSync } from 'node:zlib';
import {
	deflated,
	type OnePage,
	onePage,
	type RawObject,
	rawPdf,
} from '@creatorr/tools/testing/builders/pdf';
import type { Family, HostileCase } from '../hostile-case.ts';
import {
	CORRUPT,
	forPdfTools,
	replaceIn,
	SHOWS_MARK,
	SUCCEEDS,
	TIMEOUT,
	TOO_MUCH,
	withDeadline,
} from './case-tables.ts';

const MIB = 1024 * 1024;
/** How long a run may take whose slowest command has a time limit of its own: pdftotext gets 60 s. */
const BESIDE_PDFTOTEXT_MS = 180_000;

/** PDFs whose objects refer to themselves, or nest ever deeper. */
export const endlessPdfs: Family = {
	name: 'endless PDFs',
	cases: () => [
		...forPdfTools(SHOWS_MARK, { ...DRAWINGS, ...FILTERS, ...REFERENCES, ...TREES, ...CONTENTS }),
		...forPdfTools(SUCCEEDS, UNREADABLE),
		...withDeadline(forPdfTools(TIMEOUT, DOUBLING)),
		...filterChains(),
		...forPdfTools(TOO_MUCH, {
			'content that unpacks to 600 MiB': () =>
				onePage({ objects: [deflated('', Buffer.alloc(600 * MIB, 0x20))], page: '/Contents 5 0 R' }),
		}),
		...forPdfTools(CORRUPT, {
			'arrays 100,000 deep': { page: `/Piece ${'['.repeat(100_000)}${']'.repeat(100_000)}` },
		}),
	],
};

const form = (resources: string, stream: string): RawObject => ({
	dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 300 300] /Resources << ${resources} >>`,
	stream,
});
/** A page that draws object 5. */
const drawing = (...objects: RawObject[]): OnePage => ({
	resources: '/XObject << /X 5 0 R >>',
	content: '/X Do',
	objects,
});
/** A page that is painted with the tiling pattern that is object 5. */
const painting = (entries: string, stream: string): OnePage => ({
	resources: '/Pattern << /P 5 0 R >>',
	content: '/Pattern cs /P scn 0 0 300 300 re f',
	objects: [{ dictionary: `/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 ${entries}`, stream }],
});
const SELF_MASK = '/ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >>';

const DRAWINGS: Record<string, OnePage> = {
	'a form that draws itself': drawing(form('/XObject << /X 5 0 R >>', '/X Do')),
	'two forms that draw each other': drawing(
		form('/XObject << /X 6 0 R >>', '/X Do'),
		form('/XObject << /X 5 0 R >>', '/X Do'),
	),
	'a pattern made of itself': painting(
		'/BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << /Pattern << /P 5 0 R >> >>',
		'/Pattern cs /P scn 0 0 9 9 re f',
	),
	'a pattern repeated a billion times': painting(
		'/BBox [0 0 1 1] /XStep 0.00001 /YStep 0.00001 /Resources << >>',
		'0 0 1 1 re f',
	),
	'a soft mask that is its own': {
		resources: SELF_MASK,
		content: '/G gs 0 0 9 9 re f',
		objects: [form(SELF_MASK, '/G gs 0 0 9 9 re f')],
	},
	'a font whose letters are drawn in it': {
		resources: '/XObject << /X 6 0 R >>',
		content: '/X Do',
		objects: [
			'<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [9] /Encoding << /Differences [65 /A] >> /CharProcs << /A 6 0 R >> /Resources << /Font << /T 5 0 R >> >> >>',
			{
				dictionary: '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /T 5 0 R >> >>',
				stream: '9 0 d0 BT /T 1 Tf (A) Tj ET',
			},
		],
	},
	'a page that is its own annotation': { page: '/Annots [3 0 R]' },
	'an image that is its own mask': drawing({
		dictionary:
			'/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 5 0 R',
		stream: 'x',
	}),
};

const DOUBLING: Record<string, OnePage> = {
	'forms that draw each other twice, 40 deep': drawing(
		...Array.from({ length: 39 }, (_, index) => form(`/XObject << /X ${index + 6} 0 R >>`, '/X Do /X Do')),
		form('', '0 0 1 1 re f'),
	),
};

const filtered = (entries: string, stream: Buffer | string): OnePage =>
	drawing({ dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 9 9] ${entries}`, stream });

const FILTERS: Record<string, OnePage> = {
	'a stream whose filters are itself': filtered('/Filter 5 0 R', 'x'),
	'a stream of an unknown filter': filtered('/Filter /Nowhere', 'x'),
	'an encryption of its own': filtered('/Filter /Crypt /DecodeParms << /Name /Nowhere >>', 'x'),
	'a predictor of a billion columns': filtered(
		'/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 /Colors 32 /BitsPerComponent 16 >>',
		deflateSync(Buffer.alloc(100)),
	),
};

/** Streams with many filters. Compression refuses them all; OCR refuses those on whose page pdftotext finds no text. */
function filterChains(): HostileCase[] {
	const chained = (filter: string, times: number, stream: Buffer) => () =>
		onePage(filtered(`/Filter [${`/${filter} `.repeat(times)}]`, stream));
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
		...forPdfTools(TOO_MUCH, { ...chains, ...runs }, ['compress_heavy']),
		...forPdfTools(SUCCEEDS, chains, ['ocr']),
		...withDeadline(forPdfTools(TOO_MUCH, runs, ['ocr']), BESIDE_PDFTOTEXT_MS),
	];
}

/** A cross-reference table with an entry for the table before it. */
const tableAfter = (previous: (start: number) => number) => (): Buffer => {
	const pdf = onePage({});
	const start = Number(/startxref\n(\d+)/.exec(pdf.toString('latin1'))?.[1]);
	return replaceIn(pdf, '/Root 1 0 R', `/Root 1 0 R /Prev ${previous(start)}`);
};

const REFERENCES: Record<string, OnePage | (() => Buffer)> = {
	'a table that comes before itself': tableAfter((start) => start),
	'a table whose forerunner is in the text': tableAfter(() => 20),
	'a table whose forerunner is behind the end': tableAfter(() => 999_999_999),
	'a table that claims two billion objects': () => replaceIn(onePage({}), /\/Size \d+/, '/Size 2000000000'),
	'a stream of objects in itself': {
		objects: [{ dictionary: '/Type /ObjStm /N 1 /First 4 /Extends 5 0 R', stream: '5 0 <<>>' }],
	},
	'a stream whose length is itself': { objects: ['5 0 R', '<< /Length 6 0 R >>\nstream\nx\nendstream'] },
	'an object that is its own reference': { page: '/Rotate 5 0 R', objects: ['5 0 R'] },
	'a reference to a number beyond all': { page: '/Annots [2147483647 0 R]' },
	'dictionaries 10,000 deep': { objects: [`${'<</A '.repeat(10_000)}1${'>>'.repeat(10_000)}`] },
};

const TREES: Record<string, OnePage> = {
	'outlines that follow themselves': {
		catalog: '/Outlines 5 0 R',
		objects: [
			'<< /First 6 0 R /Last 6 0 R /Count 1 >>',
			'<< /Title (a) /Parent 5 0 R /Next 6 0 R /First 6 0 R >>',
		],
	},
	'names that are their own branch': {
		catalog: '/Names << /Dests 5 0 R /EmbeddedFiles 5 0 R >>',
		objects: ['<< /Kids [5 0 R] >>'],
	},
	'a form whose field is its own child': {
		catalog: '/AcroForm << /Fields [5 0 R] >>',
		objects: ['<< /T (a) /FT /Tx /Kids [5 0 R] /Parent 5 0 R >>'],
	},
	'page labels that are their own branch': { catalog: '/PageLabels 5 0 R', objects: ['<< /Kids [5 0 R] >>'] },
	'a structure that is its own child': {
		catalog: '/StructTreeRoot 5 0 R /MarkInfo << /Marked true >>',
		objects: ['<< /Type /StructTreeRoot /K 6 0 R /ParentTree 5 0 R >>', '<< /S /P /P 5 0 R /K [6 0 R] >>'],
	},
};

const CONTENTS: Record<string, OnePage> = {
	'a million saved states': { content: 'q '.repeat(1_000_000) },
	'a million restored states': { content: 'Q '.repeat(1_000_000) },
	'a line of a million dashes': { content: '[0.00001 0.00001] 0 d 0 0 m 300 300 l S' },
	'operands without an operator': { content: '1 '.repeat(1_000_000) },
	'an image in the content that never ends': { content: `BI /W 9 /H 9 /BPC 8 /CS /G ID ${'x'.repeat(1000)}` },
	'a function that calculates for ever': {
		resources:
			'/Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1 0 1] /Matrix [300 0 0 300 0 0] /Function 5 0 R >> >>',
		content: '/S sh',
		objects: [
			{
				dictionary: '/FunctionType 4 /Domain [0 1 0 1] /Range [0 1]',
				stream: `{ ${'dup mul sqrt '.repeat(20_000)} pop }`,
			},
		],
	},
	'a colour space made of itself': {
		resources: '/ColorSpace << /C 5 0 R >>',
		content: '/C cs 0 sc 0 0 9 9 re f',
		objects: ['[/Indexed 5 0 R 1 <00>]'],
	},
};

/** Files whose text gets lost, which is no failure. */
const UNREADABLE: Record<string, OnePage | (() => Buffer)> = {
	'content that unpacks to 2 MiB of operators': {
		page: '/Contents [4 0 R 5 0 R]',
		objects: [deflated('', Buffer.alloc(2 * MIB, 'q Q '))],
	},
	'resources that are their own': () =>
		rawPdf({
			objects: [
				'<< /Type /Catalog /Pages 2 0 R >>',
				'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
				'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources 5 0 R >>',
				{ dictionary: '', stream: `% ${' '.repeat(500)}\n/X Do` },
				'<< /XObject 5 0 R /X 5 0 R /Font 5 0 R >>',
			],
		}),
	'a line of endless width': { content: '1e38 w 0 0 m 1e38 1e38 l S' },
	'a letter of 10,000 points': { content: 'BT /F1 10000000 Tf (X) Tj ET' },
};
