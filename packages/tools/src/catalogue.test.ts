import { readdir } from 'node:fs/promises';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { maxJsonBytes } from '@creatorr/contracts/max-json-bytes';
import { paramsJsonSchema, parseParams } from '@creatorr/tool-kit/params/params';
import { describeTool } from '@creatorr/tool-kit/tool/describe';
import { describe, expect, test } from '@jest/globals';
import { loadCatalogue } from './catalogue.ts';
import { loadTools } from './runners.ts';

describe('the catalogue', () => {
	test('has the three tools of the API', async () => {
		expect([...(await loadCatalogue()).keys()]).toEqual(['compress_heavy', 'ocr', 'office_to_pdf']);
	});

	test('describes every tool for people', async () => {
		for (const manifest of (await loadCatalogue()).values()) {
			const { title, summary, accepts, params } = describeTool(manifest);
			expect([title, summary, ...accepts].every((text) => text.length > 2)).toBe(true);
			expect(params).toMatchObject({ type: 'object', additionalProperties: false });
		}
	});

	test('has a run and a test for every manifest', async () => {
		const tools = await loadTools();
		for (const slug of (await loadCatalogue()).keys()) {
			expect(tools.get(slug)?.run).toBeInstanceOf(Function);
			expect(await readdir(new URL(`./${slug}`, import.meta.url))).toContain('run.test.ts');
		}
	});
});

test('params of every tool have a bounded size', async () => {
	for (const manifest of (await loadCatalogue()).values())
		expect(maxJsonBytes(paramsJsonSchema(manifest.params))).toBeLessThanOrEqual(JOB_LIMITS.paramsBytes);
});

const OCR_DEFAULTS = {
	...{ languages: ['eng'], mode: 'skip', output: 'pdf', rotate_pages: true, deskew: true, clean: false },
	...{ pages: null, image_dpi: null, optimize: 1, password: null, signed: 'reject' },
};

describe('params', () => {
	async function parse(slug: string, params: unknown) {
		const manifest = (await loadCatalogue()).get(slug);
		if (!manifest) throw new Error(`no ${slug}`);
		return parseParams(manifest.params, params);
	}

	test.each([
		['compress_heavy', {}, expect.objectContaining({ quality: 70, signed: 'reject', password: null })],
		['office_to_pdf', {}, expect.objectContaining({ pdfa: 'none', image_quality: 90, page_ranges: null })],
		['ocr', {}, OCR_DEFAULTS],
		['ocr', { mode: 'redo' }, { ...OCR_DEFAULTS, mode: 'redo', deskew: false }],
		['ocr', { mode: 'force', deskew: false }, { ...OCR_DEFAULTS, mode: 'force', deskew: false }],
	])('of %s: %j are completed', async (slug, given, completed) => {
		expect(await parse(slug, given)).toEqual({ ok: true, data: completed });
	});

	test.each([
		['compress_heavy', { quality: 0 }, 'params.quality'],
		['compress_heavy', { quality: 101 }, 'params.quality'],
		['compress_heavy', { quality: 70.5 }, 'params.quality'],
		['compress_heavy', { quality: '70' }, 'params.quality'],
		['compress_heavy', { size: 1 }, 'params.size'],
		['office_to_pdf', { quality: 1 }, 'params.quality'],
		['ocr', { languages: [] }, 'params.languages'],
		['ocr', { languages: ['eng', 'eng'] }, 'params.languages'],
		['ocr', { languages: ['--help'] }, 'params.languages.0'],
		['ocr', { languages: 'eng' }, 'params.languages'],
		['ocr', { mode: 'all' }, 'params.mode'],
		['ocr', { output: 'docx' }, 'params.output'],
		['ocr', { pages: '3-1' }, 'params.pages'],
		['ocr', { image_dpi: 49 }, 'params.image_dpi'],
		['ocr', { image_dpi: 2401 }, 'params.image_dpi'],
		['ocr', { optimize: 4 }, 'params.optimize'],
		['ocr', { password: '' }, 'params.password'],
	])('of %s: %j are refused at %s', async (slug, given, path) => {
		expect(await parse(slug, given)).toMatchObject({ ok: false, details: [{ path }] });
	});

	test.each(['deskew', 'clean'])(
		'of ocr: %s together with redo is refused by an error that names both',
		async (name) => {
			expect(await parse('ocr', { mode: 'redo', [name]: true })).toMatchObject({
				details: [{ path: `params.${name}`, message: expect.stringMatching(/deskew and clean.*redo/) }],
			});
		},
	);
});

describe('output names', () => {
	test.each([
		['text', 'scan.txt', 'text/plain'],
		['hocr', 'scan.hocr', 'text/html'],
		['pdfa', 'scan.ocr.pdf', 'application/pdf'],
	])('ocr with output %s makes of scan.tiff %s', async (output, name, mimeType) => {
		const manifest = (await loadCatalogue()).get('ocr');
		const params = manifest?.params.parse({ output });
		expect(manifest?.outputName('scan.tiff', params)).toBe(name);
		expect(manifest?.outputMimeType(params)).toBe(mimeType);
	});

	test.each([
		['compress_heavy', 'input.pdf', 'input.compressed.pdf'],
		['office_to_pdf', 'report.docx', 'report.pdf'],
		['ocr', 'scan.pdf', 'scan.ocr.pdf'],
		['ocr', 'photo.of.page.jpeg', 'photo.of.page.ocr.pdf'],
	])('%s makes of %s %s', async (slug, input, output) => {
		const manifest = (await loadCatalogue()).get(slug);
		expect(manifest?.outputName(input, manifest.params.parse({}))).toBe(output);
	});
});
