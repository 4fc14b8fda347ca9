import { readdir } from 'node:fs/promises';
import { describeTool } from '@creatorr/tool-kit/describe';
import { parseParams } from '@creatorr/tool-kit/params';
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

describe('params', () => {
	async function parse(slug: string, params: unknown) {
		const manifest = (await loadCatalogue()).get(slug);
		if (!manifest) throw new Error(`no ${slug}`);
		return parseParams(manifest.params, params);
	}

	test.each([
		['compress_heavy', {}, { quality: 70 }],
		['office_to_pdf', {}, {}],
		['ocr', {}, { languages: ['eng'], mode: 'skip', rotate_pages: true, deskew: true }],
		['ocr', { mode: 'redo' }, { languages: ['eng'], mode: 'redo', rotate_pages: true, deskew: false }],
		['ocr', { mode: 'force', deskew: false }, expect.objectContaining({ mode: 'force', deskew: false })],
	])('of %s: %j are completed', async (slug, given, completed) => {
		expect(await parse(slug, given)).toEqual({ ok: true, params: completed });
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
	])('of %s: %j are refused at %s', async (slug, given, path) => {
		expect(await parse(slug, given)).toMatchObject({ ok: false, details: [{ path }] });
	});

	test('of ocr: deskew together with redo is refused by an error that names both', async () => {
		expect(await parse('ocr', { mode: 'redo', deskew: true })).toMatchObject({
			details: [{ path: 'params.deskew', message: expect.stringMatching(/deskew.*redo/) }],
		});
	});
});

describe('output names', () => {
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
