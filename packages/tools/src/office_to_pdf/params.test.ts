/** @slice 16 */

import { CSV, DOCX, HTML, ODP, ODT, PPTX } from '@creatorr/tool-kit/files/media-types';
import { parseParams } from '@creatorr/tool-kit/params/params';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pptx } from '../testing/builders/ooxml.ts';
import { textOf, transform } from '../testing/command.ts';
import { photo } from '../testing/pages.ts';
import { warmSamples } from '../testing/warm-samples.ts';
import { convertAll, docxOfXml, odpFile, odtFile } from './fixtures/documents.ts';
import { pngFile } from './fixtures/png.ts';
import { manifest } from './manifest.ts';

jest.setTimeout(120_000);

const NAMES: Record<string, string> = { [DOCX]: 'a.docx', [ODT]: 'a.odt', [ODP]: 'a.odp', [CSV]: 'a.csv' };
const run = warmSamples('office_to_pdf');

async function pdfOf(content: Buffer, mimeType: string, params: Record<string, unknown> = {}) {
	const name = NAMES[mimeType] ?? 'a.html';
	return (await run({ name, mimeType, content, params })).output;
}

/** The objects of a PDF, uncompressed. */
const objectsOf = async (pdf: Buffer) =>
	(await transform(pdf, 'qpdf', ['--qdf', '--object-streams=disable', '{in}', '{out}'])).toString('latin1');

async function pageSizes(pdf: Buffer): Promise<[number, number][]> {
	const info = await transform(pdf, 'bash', ['-c', 'pdfinfo -f 1 -l 99 {in} > {out}']);
	return [...info.toString().matchAll(/^Page.*size:\s+([\d.]+) x ([\d.]+)/gm)].map(([, width, height]) => [
		Number(width),
		Number(height),
	]);
}

const PAGES = ['one', 'two', 'three']
	.map((word) => `<w:p><w:r><w:t>page ${word}</w:t><w:br w:type="page"/></w:r></w:p>`)
	.join('');

test('page_ranges selects pages', async () => {
	const pdf = await pdfOf(docxOfXml(PAGES), DOCX, { page_ranges: '1,3' });
	expect((await textOf(pdf)).replaceAll(/\s+/g, ' ').trim()).toBe('page one page three');
});

test.each([
	['17', 'no page 17.'],
	['17-20', 'no pages 17-20.'],
])('page_ranges %s without a page of the document is unsupported: %s', async (page_ranges, missing) => {
	await expect(pdfOf(docxOfXml(PAGES), DOCX, { page_ranges })).rejects.toMatchObject({
		code: 'unsupported_input',
		message: expect.stringContaining(missing),
	});
});

test.each([
	['1,17', 1, true],
	['2-17', 2, true],
	['1-3,2', 4, false],
])(
	'page_ranges %s selects %i pages, with a warning for missing ones',
	async (page_ranges, pages, hasWarning) => {
		const sample = { name: 'a.docx', mimeType: DOCX, content: docxOfXml(PAGES), params: { page_ranges } };
		const { details, warnings } = await run(sample);
		expect(details).toEqual({ pages });
		const warning = expect.stringMatching(`^pages_missing: .*${page_ranges}`);
		expect(warnings).toEqual(hasWarning ? [warning] : []);
	},
);

test.each([
	['a text', docxOfXml(PAGES), DOCX],
	['a spreadsheet', Buffer.from('a,b\n'), CSV],
	['a presentation', pptx({ slideSize: [3_600_000, 7_200_000] }), PPTX],
])('landscape turns the pages of %s', async (_, content, mimeType) => {
	for (const [width, height] of await pageSizes(await pdfOf(content, mimeType)))
		expect(width).toBeLessThan(height);
	const turned = await pageSizes(await pdfOf(content, mimeType, { landscape: true }));
	expect(turned.length).toBeGreaterThan(0);
	for (const [width, height] of turned) expect(width).toBeGreaterThan(height);
});

describe('password', () => {
	const EXTENSIONS = ['docx', 'odt', 'doc'];
	let files: Buffer[] = [];
	beforeAll(async () => {
		const source = odtFile('<text:p>hidden</text:p>');
		const conversion = { source, extension: 'odt', targets: EXTENSIONS, password: 'open it' };
		[files = []] = await convertAll([conversion]);
	}, 120_000);

	test.each(EXTENSIONS)('opens a %s', async (extension) => {
		const content = files[EXTENSIONS.indexOf(extension)] ?? Buffer.alloc(0);
		const type = { docx: DOCX, odt: ODT }[extension] ?? 'application/msword';
		const open = (password?: string) =>
			run({
				name: `a.${extension}`,
				mimeType: type,
				content,
				params: password === undefined ? {} : { password },
			});
		expect(await textOf((await open('open it')).output)).toContain('hidden');
		await expect(open('another')).rejects.toMatchObject({ code: 'wrong_password' });
		await expect(open()).rejects.toMatchObject({ code: 'encrypted_input' });
	});
});

test.each([
	['none', undefined, undefined],
	['1b', '1', 'B'],
	['2b', '2', 'B'],
	['3b', '3', 'B'],
])('pdfa %s returns a PDF/A of this version', async (pdfa, part, conformance) => {
	const pdf = (await pdfOf(docxOfXml(PAGES), DOCX, { pdfa })).toString('latin1');
	expect(/<pdfaid:part>(.*?)</.exec(pdf)?.[1]).toBe(part);
	expect(/<pdfaid:conformance>(.*?)</.exec(pdf)?.[1]).toBe(conformance);
});

test('pdfua returns a PDF/UA', async () => {
	const pdf = (await pdfOf(docxOfXml(PAGES), DOCX, { pdfua: true })).toString('latin1');
	expect(pdf).toContain('<pdfuaid:part>1</pdfuaid:part>');
});

test('single_page_sheets puts each sheet on one page', async () => {
	const csv = Buffer.from('1,2\n'.repeat(200));
	expect((await pageSizes(await pdfOf(csv, CSV))).length).toBeGreaterThan(1);
	expect(await pageSizes(await pdfOf(csv, CSV, { single_page_sheets: true }))).toHaveLength(1);
});

describe('for a text with a table of contents, a heading and a comment,', () => {
	const content = odtFile(
		'<text:table-of-content text:name="toc"><text:table-of-content-source text:outline-level="3"/>' +
			'<text:index-body><text:p>stale entry</text:p></text:index-body></text:table-of-content>' +
			'<text:h text:outline-level="1">Fresh heading</text:h>' +
			'<text:p>text<office:annotation><dc:creator>A</dc:creator><text:p>a comment</text:p></office:annotation></text:p>',
	);
	let usual: Buffer;
	let objects: string;
	beforeAll(async () => {
		usual = await pdfOf(content, ODT);
		objects = await objectsOf(usual);
	}, 120_000);

	test('update_indexes updates the table of contents', async () => {
		const updated = await textOf(usual);
		expect(updated).not.toContain('stale');
		expect(updated.match(/Fresh heading/g)).toHaveLength(2);
		expect(await textOf(await pdfOf(content, ODT, { update_indexes: false }))).toContain('stale entry');
	});

	test('export_bookmarks creates a bookmark for the heading', async () => {
		expect(objects).toMatch(/\/Outlines/);
		const without = await pdfOf(content, ODT, { export_bookmarks: false });
		expect(await objectsOf(without)).not.toMatch(/\/Outlines/);
	});

	test('export_notes creates an annotation for the comment', async () => {
		expect(objects).not.toMatch(/\/Subtype \/Text/);
		expect(await objectsOf(await pdfOf(content, ODT, { export_notes: true }))).toMatch(/\/Subtype \/Text/);
	});
});

test('export_form_fields keeps form fields', async () => {
	const content = Buffer.from('<form><input type="text" name="field" value="text"></form>');
	expect(await objectsOf(await pdfOf(content, HTML))).toMatch(/\/FT \/Tx/);
	expect(await objectsOf(await pdfOf(content, HTML, { export_form_fields: false }))).not.toMatch(/\/FT \/Tx/);
});

test('export_hidden_slides includes hidden slides', async () => {
	const content = odpFile('shown', 'not shown');
	expect(await pageSizes(await pdfOf(content, ODP))).toHaveLength(1);
	const all = await pdfOf(content, ODP, { export_hidden_slides: true });
	expect(await textOf(all)).toContain('not shown');
});

describe('images', () => {
	const data = pngFile(photo(600, 600)).toString('base64');
	const image = `<draw:image><office:binary-data>${data}</office:binary-data></draw:image>`;
	const picture = odtFile(
		`<text:p><draw:frame svg:width="2in" svg:height="2in" text:anchor-type="as-char">${image}</draw:frame></text:p>`,
	);
	let usual: Buffer;
	beforeAll(async () => {
		usual = await pdfOf(picture, ODT);
	}, 120_000);

	test('lossless_images keeps them unchanged', async () => {
		expect(await objectsOf(usual)).toContain('/DCTDecode');
		expect(await objectsOf(await pdfOf(picture, ODT, { lossless_images: true }))).not.toContain('/DCTDecode');
	});

	test('image_quality makes them smaller', async () => {
		const small = await pdfOf(picture, ODT, { image_quality: 10 });
		expect(small.length).toBeLessThan(usual.length / 2);
	});

	test.each([
		[300, 600],
		[150, 300],
	])('max_image_dpi %i leaves %i of 600 pixels on two inches', async (max_image_dpi, pixels) => {
		const objects = await objectsOf(await pdfOf(picture, ODT, { max_image_dpi }));
		expect(Number(/\/Width (\d+)/.exec(objects)?.[1])).toBe(pixels);
	});
});

describe('passwords of the PDF', () => {
	const encryptionOf = async (pdf: Buffer, password: string) =>
		(
			await transform(pdf, 'bash', [
				'-c',
				`qpdf --show-encryption --password='${password}' {in} > {out} 2>&1 || true`,
			])
		).toString();

	test('user_password is needed to open it', async () => {
		const pdf = await pdfOf(docxOfXml(PAGES), DOCX, { user_password: 'open it' });
		expect(await encryptionOf(pdf, '')).toMatch(/(invalid|incorrect) password/i);
		expect(await encryptionOf(pdf, 'open it')).toContain('Supplied password is user password');
	});

	test('owner_password forbids changing and copying', async () => {
		const pdf = await pdfOf(docxOfXml(PAGES), DOCX, { owner_password: 'all of it' });
		const asAnyone = await encryptionOf(pdf, '');
		expect(asAnyone).toContain('extract for any purpose: not allowed');
		expect(asAnyone).toContain('modify anything: not allowed');
		expect(asAnyone).toContain('print high resolution: allowed');
		expect(await encryptionOf(pdf, 'all of it')).toContain('Supplied password is owner password');
	});

	test.each(['user_password', 'owner_password'])('%s and pdfa exclude each other', (name) => {
		const parsed = parseParams(manifest.params, { pdfa: '2b', [name]: 'secret' });
		const details = [{ path: `params.${name}`, message: expect.stringContaining('set params.pdfa to none') }];
		expect(parsed).toEqual({ ok: false, details, total: 1 });
	});
});

test.each(['0', '3-', 'one', '1;2', '-2', ''])('page_ranges refuses %j', (page_ranges) => {
	expect(parseParams(manifest.params, { page_ranges }).ok).toBe(false);
});
