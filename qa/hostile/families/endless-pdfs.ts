import { deflateSync } from 'node:zlib';
import { PDF } from '@creatorr/tool-kit/files/media-types';
import {
	deflated,
	type OnePage,
	onePage,
	type RawObject,
	rawPdf,
} from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const MIB = 1024 * 1024;
const FINE = succeeds(/Harmless/);
const CORRUPT = fails('corrupt_input');
const TOO_MUCH = fails('limit_exceeded');
/** Long enough for anything that has an end. */
const ENDLESS_MS = 20_000;

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

function packed(times: number): Buffer {
	return Array.from({ length: times }).reduce<Buffer>((bytes) => deflateSync(bytes), Buffer.from('0 0 m '));
}

/** PDFs that lead round in circles, or ever deeper down. */
export const endlessPdfs: Family = {
	name: 'endless PDFs',
	cases: () => [...forms(), ...filters(), ...references(), ...contents()],
};

function both(name: string, make: () => Buffer, expected: Expected = FINE): HostileCase[] {
	return (['compress_heavy', 'ocr'] as const).map((tool) => ({
		...{ name: `${name}, for ${tool}`, tool, fileName: 'a.pdf', mimeType: PDF, make, expected },
	}));
}

/** Whoever takes a file apart refuses so many filters; whoever finds text on its page gives it back as it is. */
function chain(name: string, make: () => Buffer): HostileCase[] {
	return both(name, make).map((one) => ({ ...one, expected: one.tool === 'ocr' ? succeeds() : TOO_MUCH }));
}

function forms(): HostileCase[] {
	const doubling = Array.from({ length: 40 }, (_, index) =>
		index === 39 ? form('', '0 0 1 1 re f') : form(`/XObject << /X ${index + 6} 0 R >>`, '/X Do /X Do'),
	);
	const pattern = (self: number): RawObject => ({
		dictionary: `/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << /Pattern << /P ${self} 0 R >> >>`,
		stream: '/Pattern cs /P scn 0 0 9 9 re f',
	});
	const tiny: RawObject = {
		dictionary:
			'/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.00001 /YStep 0.00001 /Resources << >>',
		stream: '0 0 1 1 re f',
	};
	const painting = (object: RawObject): OnePage => ({
		resources: '/Pattern << /P 5 0 R >>',
		content: '/Pattern cs /P scn 0 0 300 300 re f',
		objects: [object],
	});
	return [
		...both('a form that draws itself', () => onePage(drawing(form('/XObject << /X 5 0 R >>', '/X Do')))),
		...both('two forms that draw each other', () =>
			onePage(drawing(form('/XObject << /X 6 0 R >>', '/X Do'), form('/XObject << /X 5 0 R >>', '/X Do'))),
		),
		...both(
			'forms that draw each other twice, 40 deep',
			() => onePage(drawing(...doubling)),
			fails('timeout'),
		).map((one) => ({ ...one, deadlineMs: ENDLESS_MS })),
		...both('a pattern made of itself', () => onePage(painting(pattern(5)))),
		...both('a pattern repeated a billion times', () => onePage(painting(tiny))),
		...both('a soft mask that is its own', () =>
			onePage({
				resources: '/ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >>',
				content: '/G gs 0 0 9 9 re f',
				objects: [
					form('/ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >>', '/G gs 0 0 9 9 re f'),
				],
			}),
		),
		...both('a font whose letters are drawn in it', () =>
			onePage({
				resources: '/XObject << /X 6 0 R >>',
				content: '/X Do',
				objects: [
					'<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [9] /Encoding << /Differences [65 /A] >> /CharProcs << /A 6 0 R >> /Resources << /Font << /T 5 0 R >> >> >>',
					{
						dictionary: '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /T 5 0 R >> >>',
						stream: '9 0 d0 BT /T 1 Tf (A) Tj ET',
					},
				],
			}),
		),
		...both('a page that is its own annotation', () => onePage({ page: '/Annots [3 0 R]' })),
		...both('an image that is its own mask', () =>
			onePage(
				drawing({
					dictionary:
						'/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 5 0 R',
					stream: 'x',
				}),
			),
		),
	];
}

function filters(): HostileCase[] {
	const content = (dictionary: string, stream: Buffer) =>
		onePage(drawing({ dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 9 9] ${dictionary}`, stream }));
	const chained = (name: string, times: number) => `/Filter [${`/${name} `.repeat(times)}]`;
	return [
		...chain('a stream packed 1,000 times', () => content(chained('FlateDecode', 1000), packed(1000))),
		...chain('a stream that claims to be packed 100,000 times', () =>
			content(chained('FlateDecode', 100_000), packed(2)),
		),
		...chain('a stream in hexadecimals 1,000 times', () =>
			content(chained('ASCIIHexDecode', 1000), Buffer.from('>')),
		),
		...both(
			'a stream of run lengths 50 times',
			() => content(chained('RunLengthDecode', 50), Buffer.alloc(1000, 0x81)),
			TOO_MUCH,
		),
		...both('a stream whose filters are itself', () => content('/Filter 5 0 R', Buffer.from('x'))),
		...both('a stream of an unknown filter', () => content('/Filter /Nowhere', Buffer.from('x'))),
		...both(
			'content that unpacks to 600 MiB',
			() => onePage({ objects: [deflated('', Buffer.alloc(600 * MIB, 0x20))], page: '/Contents 5 0 R' }),
			TOO_MUCH,
		),
		...both(
			'content that unpacks to 2 MiB of operators',
			() =>
				onePage({
					page: '/Contents [4 0 R 5 0 R]',
					objects: [deflated('', Buffer.alloc(2 * MIB, 'q Q '))],
				}),
			succeeds(),
		),
		...both('an encryption of its own', () =>
			content('/Filter /Crypt /DecodeParms << /Name /Nowhere >>', Buffer.from('x')),
		),
		...both('a predictor of a billion columns', () =>
			content(
				'/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 /Colors 32 /BitsPerComponent 16 >>',
				deflateSync(Buffer.alloc(100)),
			),
		),
	];
}

function references(): HostileCase[] {
	const looping = (previous: (start: number) => number) => {
		const pdf = onePage({}).toString('latin1');
		const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
		return Buffer.from(pdf.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${previous(start)}`), 'latin1');
	};
	const inItself: RawObject = {
		dictionary: '/Type /ObjStm /N 1 /First 4 /Extends 5 0 R',
		stream: '5 0 <<>>',
	};
	return [
		...both('a table that comes before itself', () => looping((start) => start)),
		...both('a table whose forerunner is in the text', () => looping(() => 20)),
		...both('a table whose forerunner is behind the end', () => looping(() => 999_999_999)),
		...both('a stream of objects in itself', () => onePage({ objects: [inItself] })),
		...both('a stream whose length is itself', () =>
			onePage({ objects: ['5 0 R', '<< /Length 6 0 R >>\nstream\nx\nendstream'] }),
		),
		...both('an object that is its own reference', () =>
			onePage({ page: '/Rotate 5 0 R', objects: ['5 0 R'] }),
		),
		...both('a reference to a number beyond all', () => onePage({ page: '/Annots [2147483647 0 R]' })),
		...both('a table that claims two billion objects', () =>
			Buffer.from(
				onePage({})
					.toString('latin1')
					.replace(/\/Size \d+/, '/Size 2000000000'),
				'latin1',
			),
		),
		...both(
			'arrays 100,000 deep',
			() => onePage({ page: `/Piece ${'['.repeat(100_000)}${']'.repeat(100_000)}` }),
			CORRUPT,
		),
		...both('dictionaries 10,000 deep', () =>
			onePage({ objects: [`${'<</A '.repeat(10_000)}1${'>>'.repeat(10_000)}`] }),
		),
		...both('outlines that follow themselves', () =>
			onePage({
				catalog: '/Outlines 5 0 R',
				objects: [
					'<< /First 6 0 R /Last 6 0 R /Count 1 >>',
					'<< /Title (a) /Parent 5 0 R /Next 6 0 R /First 6 0 R >>',
				],
			}),
		),
		...both('names that are their own branch', () =>
			onePage({
				catalog: '/Names << /Dests 5 0 R /EmbeddedFiles 5 0 R >>',
				objects: ['<< /Kids [5 0 R] >>'],
			}),
		),
		...both('a form whose field is its own child', () =>
			onePage({
				catalog: '/AcroForm << /Fields [5 0 R] >>',
				objects: ['<< /T (a) /FT /Tx /Kids [5 0 R] /Parent 5 0 R >>'],
			}),
		),
		...both('page labels that are their own branch', () =>
			onePage({ catalog: '/PageLabels 5 0 R', objects: ['<< /Kids [5 0 R] >>'] }),
		),
		...both('a structure that is its own child', () =>
			onePage({
				catalog: '/StructTreeRoot 5 0 R /MarkInfo << /Marked true >>',
				objects: [
					'<< /Type /StructTreeRoot /K 6 0 R /ParentTree 5 0 R >>',
					'<< /S /P /P 5 0 R /K [6 0 R] >>',
				],
			}),
		),
		...both(
			'resources that are their own',
			() =>
				rawPdf({
					objects: [
						'<< /Type /Catalog /Pages 2 0 R >>',
						'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
						'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources 5 0 R >>',
						{ dictionary: '', stream: `% ${' '.repeat(500)}\n/X Do` },
						'<< /XObject 5 0 R /X 5 0 R /Font 5 0 R >>',
					],
				}),
			succeeds(),
		),
	];
}

function contents(): HostileCase[] {
	return [
		...both('a million saved states', () => onePage({ content: 'q '.repeat(1_000_000) })),
		...both('a million restored states', () => onePage({ content: 'Q '.repeat(1_000_000) })),
		...both('a line of a million dashes', () =>
			onePage({ content: '[0.00001 0.00001] 0 d 0 0 m 300 300 l S' }),
		),
		...both('a line of endless width', () => onePage({ content: '1e38 w 0 0 m 1e38 1e38 l S' }), succeeds()),
		...both('operands without an operator', () => onePage({ content: '1 '.repeat(1_000_000) })),
		...both('an image in the content that never ends', () =>
			onePage({ content: `BI /W 9 /H 9 /BPC 8 /CS /G ID ${'x'.repeat(1000)}` }),
		),
		...both('a function that calculates for ever', () =>
			onePage({
				resources:
					'/Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1 0 1] /Matrix [300 0 0 300 0 0] /Function 5 0 R >> >>',
				content: '/S sh',
				objects: [
					{
						dictionary: '/FunctionType 4 /Domain [0 1 0 1] /Range [0 1]',
						stream: `{ ${'dup mul sqrt '.repeat(20_000)} pop }`,
					},
				],
			}),
		),
		...both('a colour space made of itself', () =>
			onePage({
				resources: '/ColorSpace << /C 5 0 R >>',
				content: '/C cs 0 sc 0 0 9 9 re f',
				objects: ['[/Indexed 5 0 R 1 <00>]'],
			}),
		),
		...both(
			'a letter of 10,000 points',
			() => onePage({ content: 'BT /F1 10000000 Tf (X) Tj ET' }),
			succeeds(),
		),
	];
}
