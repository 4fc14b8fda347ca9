import { deflateSync } from 'node:zlib';

/** An object's source, or a stream with the entries of its dictionary. Its number is its position in the list, from 1. */
export type RawObject = string | { dictionary: string; stream: Buffer | string; length?: number };

interface RawPdf {
	objects: readonly RawObject[];
	/** Entries of the trailer besides /Size and /Root, which is object 1. */
	trailer?: string;
	/** Bytes before the header. */
	prefix?: string;
}

/** Returns a PDF of these objects with a correct cross-reference table, whatever they contain. */
export function rawPdf({ objects, trailer = '', prefix = '' }: RawPdf): Buffer {
	const chunks: Buffer[] = [Buffer.from(`${prefix}%PDF-1.7\n%\xe2\xe3\xcf\xd3\n`, 'latin1')];
	let position = chunks[0]?.length ?? 0;
	const offsets = objects.map((object, index) => {
		const chunk = Buffer.concat([
			Buffer.from(`${index + 1} 0 obj\n`),
			bodyOf(object),
			Buffer.from('\nendobj\n'),
		]);
		chunks.push(chunk);
		position += chunk.length;
		return position - chunk.length;
	});
	const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	const size = `/Size ${objects.length + 1}`;
	chunks.push(
		Buffer.from(
			`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${position}\n%%EOF\n`,
			'latin1',
		),
	);
	return Buffer.concat(chunks);
}

function bodyOf(object: RawObject): Buffer {
	if (typeof object === 'string') return Buffer.from(object, 'latin1');
	const stream = Buffer.from(object.stream as string, 'latin1');
	const head = `<< ${object.dictionary} /Length ${object.length ?? stream.length} >>\nstream\n`;
	return Buffer.concat([Buffer.from(head, 'latin1'), stream, Buffer.from('\nendstream')]);
}

const FONT = '/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>';

export interface OnePage {
	/** Entries of the catalog, of the page and of its resources. */
	catalog?: string;
	page?: string;
	resources?: string;
	/** Content of the page, besides the word that tests look for. */
	content?: string;
	/** Objects from number 5. */
	objects?: readonly RawObject[];
	trailer?: string;
	prefix?: string;
	box?: string;
}

export const MARK = 'Harmless';
const EXTRA = `% ${'padding that a tool may take away '.repeat(20)}\n`;

/** Returns a page with the text "Harmless" and something hostile. The page is object 3, its content 4. */
export function onePage(parts: OnePage): Buffer {
	const { catalog = '', page = '', resources = '', content = '', objects = [], box = '0 0 300 300' } = parts;
	const text = `BT /F1 24 Tf 40 150 Td (${MARK}) Tj ET\n`;
	return rawPdf({
		...(parts.trailer && { trailer: parts.trailer }),
		...(parts.prefix && { prefix: parts.prefix }),
		objects: [
			`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
			'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
			`<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents 4 0 R /Resources << ${FONT} ${resources} >> ${page} >>`,
			{ dictionary: '', stream: `${EXTRA}${text}${content}` },
			...objects,
		],
	});
}

/** Returns a page that draws `depth` forms, of which each draws the next ten times: 10 to the power of `depth` drawings. */
export function amplifiedPage(depth: number): Buffer {
	const form = (index: number): RawObject => ({
		dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 300 300] /Resources << /XObject << /X ${index + 6} 0 R >> >>`,
		stream: index < depth - 1 ? '/X Do '.repeat(10) : '0 0 1 1 re f',
	});
	return onePage({
		resources: '/XObject << /X 5 0 R >>',
		content: '/X Do',
		objects: Array.from({ length: depth }, (_, index) => form(index)),
	});
}

export function deflated(dictionary: string, content: Buffer): RawObject {
	return { dictionary: `${dictionary} /Filter /FlateDecode`, stream: deflateSync(content) };
}
