import { parseParams } from '@creatorr/tool-kit/params/params';
import { describe, expect, test } from '@jest/globals';
import { manifest } from './manifest.ts';

const DEFAULTS = {
	languages: ['eng'],
	mode: 'skip',
	output: 'pdf',
	rotate_pages: true,
	deskew: true,
	clean: false,
	pages: null,
	image_dpi: null,
	optimize: 1,
	password: null,
	signed: 'reject',
};

describe('params', () => {
	test.each([
		[{}, DEFAULTS],
		[{ mode: 'redo' }, { ...DEFAULTS, mode: 'redo', deskew: false }],
		[
			{ mode: 'force', deskew: false },
			{ ...DEFAULTS, mode: 'force', deskew: false },
		],
	])('%j get their defaults', (given, data) => {
		expect(parseParams(manifest.params, given)).toEqual({ ok: true, data });
	});

	test.each([
		[{ languages: [] }, 'params.languages'],
		[{ languages: ['eng', 'eng'] }, 'params.languages'],
		[{ languages: ['--help'] }, 'params.languages.0'],
		[{ languages: 'eng' }, 'params.languages'],
		[{ mode: 'all' }, 'params.mode'],
		[{ output: 'docx' }, 'params.output'],
		[{ pages: '3-1' }, 'params.pages'],
		[{ image_dpi: 49 }, 'params.image_dpi'],
		[{ image_dpi: 2401 }, 'params.image_dpi'],
		[{ optimize: 4 }, 'params.optimize'],
		[{ password: '' }, 'params.password'],
	])('%j are refused at %s', (params, path) => {
		expect(parseParams(manifest.params, params)).toMatchObject({ ok: false, details: [{ path }] });
	});

	test.each(['deskew', 'clean'])(
		'%s together with redo is refused with an error that says what to change',
		(name) => {
			expect(parseParams(manifest.params, { mode: 'redo', [name]: true })).toMatchObject({
				details: [
					{ path: `params.${name}`, message: expect.stringMatching(/set params\.mode to skip or force/) },
				],
			});
		},
	);
});

test.each([
	['pdf', 'photo.of.page.jpeg', 'photo.of.page.ocr.pdf', 'application/pdf'],
	['pdf', 'scan.pdf', 'scan.ocr.pdf', 'application/pdf'],
	['pdfa', 'scan.tiff', 'scan.ocr.pdf', 'application/pdf'],
	['text', 'scan.tiff', 'scan.txt', 'text/plain'],
	['hocr', 'scan.tiff', 'scan.hocr', 'text/html'],
])('with output %s, the output of %s is named %s, with type %s', (output, input, name, mimeType) => {
	const params = manifest.params.parse({ output });
	expect(manifest.outputName(input, params)).toBe(name);
	expect(manifest.outputMimeType(params)).toBe(mimeType);
});
