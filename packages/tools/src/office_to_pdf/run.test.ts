/** @slice 22 */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { slice } from '@creatorr/testing/slice';
import {
	CSV,
	DOC,
	DOCX,
	HTML,
	ODP,
	ODS,
	ODT,
	PDF,
	PPT,
	PPTX,
	RTF,
	TEXT,
	XLS,
	XLSX,
} from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import type { ToolLimits } from '@creatorr/tool-kit/tool/manifest';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { png } from '../testing/builders/images.ts';
import { docx } from '../testing/builders/ooxml.ts';
import { textOf, transform } from '../testing/command.ts';
import { describeContract } from '../testing/contract.ts';
import { runSample } from '../testing/run-sample.ts';
import { warmSamples } from '../testing/warm-samples.ts';
import {
	brokenDocxFile,
	convertAll,
	docxFile,
	docxOfXml,
	docxTemplateFile,
	odpFile,
	odsFile,
	odtFile,
} from './fixtures/documents.ts';

jest.setTimeout(180_000);

const SLUG = 'office_to_pdf';
const runWarm = warmSamples(SLUG);

function convert(content: Buffer, mimeType: string, name: string) {
	return runWarm({ name, mimeType, content });
}

describeContract(SLUG, async () => {
	const content = docxFile(['hello']);
	const sample = { name: 'report.docx', mimeType: DOCX, content };
	return {
		good: sample,
		malformed: { ...sample, content: Buffer.from('\x89PNG\r\n\x1a\n\0', 'latin1') },
		corrupt: { ...sample, content: content.subarray(0, content.length - 40) },
		slow: {
			...sample,
			content: docxFile(Array.from({ length: 20_000 }, (_, index) => `paragraph ${index}`)),
		},
		// Metric-compatible with the common fonts.
		offers: { fonts: ['Caladea', 'Carlito', 'DejaVu Sans', 'Liberation Sans', 'Liberation Serif'] },
	};
});

describe(`${SLUG} converts`, () => {
	async function expectText(content: Buffer, mimeType: string, name: string, text: string) {
		const { output, details, outputName, outputMimeType } = await convert(content, mimeType, name);
		expect(await textOf(output)).toContain(text);
		expect({ details, outputName, outputMimeType }).toEqual({
			details: { pages: 1 },
			outputName: 'file.pdf',
			outputMimeType: PDF,
		});
	}

	const document = { source: docxFile(['A document']), extension: 'docx', text: 'A document' };
	const sheet = { source: Buffer.from('A sheet,1\n'), extension: 'csv', text: 'A sheet' };
	const slide = { source: odpFile('A slide'), extension: 'odp', text: 'A slide' };
	const formats = slice(
		[
			{ family: document, target: 'docx', mimeType: DOCX },
			{ family: document, target: 'doc', mimeType: DOC },
			{ family: document, target: 'odt', mimeType: ODT },
			{ family: document, target: 'rtf', mimeType: RTF },
			{ family: sheet, target: 'csv', mimeType: CSV },
			{ family: sheet, target: 'xlsx', mimeType: XLSX },
			{ family: sheet, target: 'xls', mimeType: XLS },
			{ family: sheet, target: 'ods', mimeType: ODS },
			{ family: slide, target: 'pptx', mimeType: PPTX },
			{ family: slide, target: 'ppt', mimeType: PPT },
			{ family: slide, target: 'odp', mimeType: ODP },
		],
		4,
		({ family }) => family,
	);
	const files = new Map<string, Buffer>([['csv', sheet.source]]);
	beforeAll(async () => {
		const made = formats.filter(({ target }) => !files.has(target));
		const results = await convertAll(made.map(({ family, target }) => ({ ...family, targets: [target] })));
		for (const [index, { target }] of made.entries()) files.set(target, results[index]?.[0] as Buffer);
	});

	test.each(formats)('a file of $target', async ({ family, target, mimeType }) => {
		await expectText(files.get(target) as Buffer, mimeType, 'file.x', family.text);
	});

	test('HTML', async () => {
		await expectText(Buffer.from('<p>A document</p>'), HTML, 'file.html', 'A document');
	});

	test('text in another encoding', async () => {
		const content = Buffer.from('\ufeffGrüße, 你好', 'utf16le').swap16();
		await expectText(content, TEXT, 'file.txt', 'Grüße, 你好');
	});

	test('text that looks like another format as text', async () => {
		await expectText(Buffer.from('<html><b>bold</b></html>'), TEXT, 'file.txt', '<b>bold</b>');
	});

	test('CSV with any separator', async () => {
		const { output } = await convert(Buffer.from('Preis;Menge\n"1,5;x";2\n'), CSV, 'file.csv');
		const text = await textOf(output);
		expect(text).toMatch(/Preis\s+Menge/);
		expect(text).toContain('1,5;x');
	});

	test.each([
		['UTF-8', (html: string) => Buffer.from(html)],
		['little-endian UTF-16', (html: string) => Buffer.from(`\ufeff${html}`, 'utf16le')],
		['big-endian UTF-16', (html: string) => Buffer.from(`\ufeff${html}`, 'utf16le').swap16()],
	])('HTML with an applet, without the applet, in %s', async (_, encode) => {
		const html = '<p>vor</p><APPLET code="A.class">statt Grüßen</APPLET><p>nach</p>';
		const { output, warnings } = await convert(encode(html), HTML, 'file.html');
		expect(await textOf(output)).toMatch(/vor\s+statt Grüßen\s+nach/);
		// The prewarmed process did not crash.
		expect(warnings).toEqual([]);
	});

	test('HTML without the local files that it references', async () => {
		const html =
			'<p>before</p><object data="file:///etc/fonts/fonts.conf" type="text/plain"></object><p>after</p>';
		const text = await textOf((await convert(Buffer.from(html), HTML, 'file.html')).output);
		expect(text).toMatch(/before\s+after/);
	});
});

/** Returns a docx with a picture of 169 million unset pixels. */
function hugePictureFile(): Buffer {
	const side = 13_000;
	const data = deflateSync(Buffer.alloc((side / 8 + 1) * side));
	return docx({ extra: [{ name: 'word/media/a.bin', content: png(side, side, { bits: 1, data }) }] });
}

describe(`${SLUG} can’t convert`, () => {
	test.each([
		[
			'a document that needs a password',
			oleFile({ EncryptedPackage: Buffer.alloc(5000) }),
			DOCX,
			'encrypted_input',
		],
		['a document whose text is broken', brokenDocxFile(), DOCX, 'corrupt_input'],
		['a PDF named as a document', Buffer.from('%PDF-1.4\n'), DOCX, 'unsupported_input'],
		['an archive that is no document', docxFile([]).subarray(0, 4), DOCX, 'corrupt_input'],
		['a document with a picture of too many pixels', hugePictureFile(), DOCX, 'limit_exceeded'],
		['binary declared as text', Buffer.from('a\0b'), TEXT, 'unsupported_input'],
		['a document without content', docxFile([]), DOCX, 'unsupported_input'],
		['a text with only blank lines', Buffer.from(' \n\n\n'), TEXT, 'unsupported_input'],
		['a table with only empty cells', Buffer.from('\n'), CSV, 'unsupported_input'],
	])('%s', async (_, content, mimeType, code) => {
		await expect(convert(content, mimeType, 'file.docx')).rejects.toMatchObject({ code });
	});
});

describe(`${SLUG} keeps`, () => {
	test('title and author', async () => {
		const meta =
			'<dc:title>A title</dc:title><dc:creator>A. Uthor</dc:creator><meta:initial-creator>A. Uthor</meta:initial-creator>';
		const { output } = await convert(odtFile('<text:p>text</text:p>', meta), ODT, 'file.odt');
		const info = (await transform(output, 'bash', ['-c', 'pdfinfo {in} > {out}'])).toString();
		expect(info).toMatch(/^Title:\s+A title$/m);
		expect(info).toMatch(/^Author:\s+A\. Uthor$/m);
	});

	test('the same bytes for the same input', async () => {
		const sample = { name: 'a.docx', mimeType: DOCX, content: docxFile(['text']) };
		const first = await runWarm(sample);
		const second = await runSample(SLUG, sample);
		expect(second.output.equals(first.output)).toBe(true);
	});
});

describe(`${SLUG} shows the user’s file name, and no path,`, () => {
	const field = (display: string) =>
		`<text:file-name text:display="${display}">/home/ada/old.odt</text:file-name>`;
	const NAME = 'Report 1.2.odt';

	test('in fields of a text', async () => {
		const lines = ['full', 'path', 'name', 'name-and-extension'].map(
			(display) => `<text:p>${display} [${field(display)}]</text:p>`,
		);
		const fixed = '<text:p>fixed [<text:file-name text:fixed="true">as saved</text:file-name>]</text:p>';
		const text = await textOf((await convert(odtFile(lines.join('') + fixed), ODT, NAME)).output);
		expect(text.trim().split(/\s*\n\s*/)).toEqual([
			'full [Report 1.2.odt]',
			'path []',
			'name [Report 1.2]',
			'name-and-extension [Report 1.2.odt]',
			'fixed [as saved]',
		]);
	});

	test('in fields of slides', async () => {
		const content = odpFile(`slide [${field('full')}]`);
		const text = await textOf((await convert(content, ODP, 'Talk.odp')).output);
		expect(text.trim()).toBe('slide [Talk.odp]');
	});

	test('in margins of a spreadsheet, as the name of the sheet’s copy', async () => {
		const content = odsFile(`head [${field('full')}]`);
		const text = await textOf((await convert(content, ODS, 'Sums.ods')).output);
		expect(text).toContain('head [document.ods]');
	});
});

describe(`${SLUG} warns of`, () => {
	const inFont = (font: string) =>
		docxOfXml(`<w:p><w:r><w:rPr><w:rFonts w:ascii="${font}"/></w:rPr><w:t>text</w:t></w:r></w:p>`);

	test('a missing font', async () => {
		const { warnings } = await convert(inFont('Fraktur of Nowhere'), DOCX, 'file.docx');
		expect(warnings).toContainEqual(expect.stringMatching(/^font_substituted: .*Fraktur of Nowhere/));
	});

	test('a missing font in a template', async () => {
		const content = docxTemplateFile(
			'<w:p><w:r><w:rPr><w:rFonts w:ascii="Fraktur of Nowhere"/></w:rPr><w:t>text</w:t></w:r></w:p>',
		);
		const { warnings } = await convert(content, DOCX, 'file.docx');
		expect(warnings).toContainEqual(expect.stringMatching(/^font_substituted: .*Fraktur of Nowhere/));
	});

	test('a font with a metric-compatible replacement', async () => {
		const { warnings } = await convert(inFont('Calibri'), DOCX, 'file.docx');
		expect(warnings).toContainEqual(expect.stringMatching(/^font_substituted: .*Calibri → Carlito/));
	});

	test.each([
		['an installed font', inFont('Liberation Sans')],
		['a document that names no font', docxFile(['text'])],
	])('nothing for %s', async (_, content) => {
		expect((await convert(content, DOCX, 'file.docx')).warnings).toEqual([]);
	});

	test('missing fonts of other scripts, if there is text in them', async () => {
		const fonts =
			'<w:rFonts w:ascii="Liberation Sans" w:eastAsia="Mincho of Nowhere" w:cs="Naskh of Nowhere"/>';
		const inFonts = (text: string) =>
			convert(
				docxOfXml(`<w:p><w:r><w:rPr>${fonts}</w:rPr><w:t>${text}</w:t></w:r></w:p>`),
				DOCX,
				'file.docx',
			);
		expect((await inFonts('text, 你好, سلام')).warnings).toEqual([
			expect.stringMatching(/^font_substituted: We don’t have Mincho of Nowhere and Naskh of Nowhere/),
		]);
		expect((await inFonts('text')).warnings).toEqual([]);
	});
});

describe(`${SLUG}, when the prewarmed process crashes on the document,`, () => {
	const adapt = (tool: Tool): Tool => ({ ...tool, prewarmed: { command: 'false', args: [] } });
	const sample = { name: 'a.docx', mimeType: DOCX, content: docxFile(['text']) };

	test('converts it with LibreOffice’s command and warns about what the command can’t do', async () => {
		const { output, warnings, details } = await runSample(SLUG, sample, { adapt });
		expect(await textOf(output)).toContain('text');
		expect(details).toEqual({ pages: 1 });
		expect(warnings).toEqual([
			expect.stringMatching(/^fonts_not_checked: /),
			expect.stringMatching(/^indexes_not_updated: /),
		]);
	});

	test('protects the PDF, with all characters that passwords may have', async () => {
		const params = { user_password: 'open\n"it" ü', owner_password: '--change' };
		const { output } = await runSample(SLUG, { ...sample, params }, { adapt });
		const show = (password: string) =>
			transform(output, 'bash', [
				'-c',
				'qpdf --show-encryption --password-file=<(printf %s "$0") {in} > {out} 2>&1 || true',
				password,
			]);
		expect((await show('--change')).toString()).toMatch(
			/R = 6[\s\S]*owner password[\s\S]*modify anything: not allowed/,
		);
		expect((await show('')).toString()).toMatch(/incorrect password/i);
		const text = await transform(output, 'pdftotext', ['-upw', params.user_password, '{in}', '{out}']);
		expect(text.toString()).toContain('text');
	});

	test('keeps a PDF without a user password open, and forbids what only an owner may do', async () => {
		const { output } = await runSample(SLUG, { ...sample, params: { owner_password: 'owner' } }, { adapt });
		const shown = await transform(output, 'bash', ['-c', 'qpdf --show-encryption {in} > {out}']);
		expect(shown.toString()).toMatch(
			/extract for any purpose: not allowed[\s\S]*print high resolution: allowed[\s\S]*modify anything: not allowed/,
		);
	});

	test('writes its request through no link that a crashed process left', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'outside-'));
		const target = join(directory, 'target');
		try {
			const args = ['-c', `ln -s ${target} /scratch/request.json`];
			const leaving = (tool: Tool): Tool => ({ ...tool, prewarmed: { command: 'bash', args } });
			await expect(runSample(SLUG, sample, { adapt: leaving })).resolves.toBeDefined();
			expect(existsSync(target)).toBe(false);
		} finally {
			await rm(directory, { recursive: true });
		}
	});

	test('fails instead of ignoring a param', async () => {
		const params = { landscape: true };
		await expect(runSample(SLUG, { ...sample, params }, { adapt })).rejects.toMatchObject({
			code: 'tool_failed',
		});
	});
});

describe(`${SLUG} enforces its limit of`, () => {
	const limited = (limits: Partial<ToolLimits>) => ({
		adapt: (tool: Tool): Tool => ({
			...tool,
			manifest: { ...tool.manifest, limits: { ...tool.manifest.limits, ...limits } },
		}),
	});
	const long = Array.from({ length: 5_000 }, (_, index) => `paragraph ${index}`);
	const sample = { name: 'a.docx', mimeType: DOCX, content: docxFile(long) };

	test('the size of a file', async () => {
		const rows = { name: 'a.csv', mimeType: CSV, content: Buffer.from('1,2,3\n'.repeat(5_000)) };
		await expect(runSample(SLUG, rows, limited({ maxFileBytes: 50_000 }))).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('the output size, whichever pages are selected', async () => {
		const content = Buffer.from('1,2,3\n'.repeat(5_000));
		const rows = { name: 'a.csv', mimeType: CSV, content, params: { page_ranges: '1-2000' } };
		const limits = { maxFileBytes: 50_000, maxScratchBytes: 1_000_000_000 };
		await expect(runSample(SLUG, rows, limited(limits))).rejects.toMatchObject({ code: 'limit_exceeded' });
	});

	test('the run time', async () => {
		const deadline = { baseMs: 50, perMiBMs: 0, capMs: 50 };
		await expect(runSample(SLUG, sample, limited({ deadline }))).rejects.toMatchObject({ code: 'timeout' });
	});
});
