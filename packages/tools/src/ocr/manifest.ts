import { HTML, JPEG, PDF, PNG, TEXT, TIFF, WEBP } from '@creatorr/tool-kit/files/media-types';
import { withExtension } from '@creatorr/tool-kit/files/output-name';
import { pageRangesSchema } from '@creatorr/tool-kit/params/page-ranges';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { JBIG2ENC, PIKEPDF, PILLOW, POPPLER, type Program, QPDF } from '@creatorr/tool-kit/tool/programs';
import { z } from 'zod';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MAX_LANGUAGES = 8;

const languageSchema = z
	.string()
	.max(64)
	.regex(/^[A-Za-z][A-Za-z0-9_]*(\/[A-Za-z][A-Za-z0-9_]*)?$/, {
		error: 'must be a Tesseract language such as eng or deu',
	});

const OUTPUTS = {
	pdf: { extension: '.ocr.pdf', mimeType: PDF },
	pdfa: { extension: '.ocr.pdf', mimeType: PDF },
	text: { extension: '.txt', mimeType: TEXT },
	hocr: { extension: '.hocr', mimeType: HTML },
} as const;

const fieldsSchema = z.strictObject({
	languages: z
		.array(languageSchema)
		.min(1)
		.max(MAX_LANGUAGES)
		.refine((languages) => new Set(languages).size === languages.length, {
			error: 'must not repeat a language',
		})
		.default(['eng'])
		.meta({ description: 'languages of the text, the main one first' }),
	mode: z.enum(['skip', 'redo', 'force']).default('skip').meta({
		description:
			'skip: leave pages that have text alone; redo: replace the text of an earlier OCR; force: rasterise every page anew',
	}),
	output: z.enum(['pdf', 'pdfa', 'text', 'hocr']).default('pdf').meta({
		description:
			'a PDF whose text can be searched, the same as PDF/A-2b, the text alone, or the text with places as hOCR',
	}),
	rotate_pages: z.boolean().default(true).meta({ description: 'turn pages so that their text is upright' }),
	deskew: z.boolean().optional().meta({
		description: 'straighten crooked scans; not possible with mode redo, where it is false by default',
		default: true,
	}),
	clean: z.boolean().optional().meta({
		description:
			'read pages with their specks removed, and leave them as they look; not possible with mode redo',
		default: false,
	}),
	pages: pageRangesSchema.nullable().default(null).meta({
		description: 'recognise these pages only, such as "1-3,5"; null: all',
	}),
	image_dpi: z.int().min(50).max(2400).nullable().default(null).meta({
		description: 'resolution of an image, in dots per inch; null: what it says itself, or a likely one',
	}),
	optimize: z.int().min(0).max(3).default(1).meta({
		description: '0: leave images as they are; 1: pack them without loss; 2 and 3: with more and more loss',
	}),
	password: secretParam(
		'opens a protected PDF; what comes out is protected in the same way, and thus no PDF/A',
	),
	signed: z.enum(['reject', 'invalidate']).default('reject').meta({
		description:
			'what to do with a digitally signed PDF, whose signature any change breaks, where the output is a PDF. reject: end with unsupported_input; invalidate: empty the signature fields and recognise it',
	}),
});

/** Both change the picture that is read, which must not happen where typed text on the page stays in place. */
function refuseWithRedo({ value, issues }: z.core.ParsePayload<z.output<typeof fieldsSchema>>): void {
	if (value.mode !== 'redo') return;
	for (const name of ['deskew', 'clean'] as const) {
		if (value[name] !== true) continue;
		const message =
			'deskew and clean are not possible with mode redo: leave them out, or set mode to skip or force';
		issues.push({ code: 'custom', path: [name], input: value[name], message });
	}
}

const INSTALLED_LANGUAGES = ['eng', 'deu', 'fra', 'spa', 'ita', 'por', 'nld'];

const PROGRAMS: readonly Program[] = [
	{
		name: 'OCRmyPDF',
		license: 'MPL-2.0',
		copyrightText: 'MPL-2.0',
		packages: ['ocrmypdf'],
		purpose: 'lays recognized text under pages',
		binaries: ['ocrmypdf'],
		pythonModules: ['ocrmypdf'],
	},
	{
		name: 'Tesseract’s models',
		license: 'Apache-2.0',
		copyrightText: 'Apache-2.0',
		packages: INSTALLED_LANGUAGES.map((language) => `tesseract-ocr-${language}`),
		purpose: 'with Tesseract (Apache-2.0) itself',
		binaries: ['tesseract'],
	},
	{
		name: 'tesserocr',
		license: 'MIT',
		copyrightText: 'Expat',
		packages: ['python3-tesserocr'],
		purpose: 'Tesseract from Python',
		pythonModules: ['tesserocr'],
	},
	{
		name: 'Ghostscript',
		license: 'AGPL-3.0-or-later',
		copyrightText: 'AGPL-3+',
		packages: ['ghostscript'],
		purpose: 'writes PDF/A, called by OCRmyPDF',
		binaries: ['gs'],
	},
	{
		name: 'unpaper',
		license: 'GPL-2.0-only',
		copyrightText: 'GPL-2',
		packages: ['unpaper'],
		purpose: 'cleans scans',
		binaries: ['unpaper'],
	},
	{
		name: 'pngquant',
		license: 'GPL-3.0-or-later',
		copyrightText: 'BSD-2-clause',
		packages: ['pngquant'],
		purpose: 'smaller images',
		binaries: ['pngquant'],
	},
	{
		name: 'img2pdf',
		license: 'LGPL-3.0-or-later',
		copyrightText: 'LGPL-3+',
		packages: ['python3-img2pdf'],
		purpose: 'makes PDF of images',
		pythonModules: ['img2pdf'],
	},
];

export const manifest = defineTool({
	slug: 'ocr',
	title: 'OCR',
	summary: 'Makes scans searchable: recognises the text of a PDF or an image and lays it under the page.',
	accepts: [PDF, PNG, JPEG, TIFF, WEBP],
	params: fieldsSchema.check(refuseWithRedo).transform(({ deskew, clean, ...params }) => ({
		...params,
		deskew: deskew ?? params.mode !== 'redo',
		clean: clean ?? false,
	})),
	result: z.object({
		pages: z.int().meta({ description: 'pages of the input' }),
		pages_recognized: z.int().meta({ description: 'pages whose text was recognized' }),
		pages_skipped: z.int().meta({ description: 'pages left as they were' }),
		words: z.int().meta({ description: 'words that were recognized' }),
		mean_confidence: z.number().nullable().meta({
			description: 'how sure the recognition is, from 0 to 100; null without words',
		}),
		languages: z.array(z.string()).meta({ description: 'languages that were looked for' }),
	}),
	limits: {
		maxInputBytes: GIB,
		// A page takes 1.6 s on two cores, and twice as long the plain way that is tried when the first one fails.
		deadline: { baseMs: 15 * 60_000, perMiBMs: 10_000, perPageMs: 5_000, capMs: 8 * 60 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 4 * GIB,
		maxProcesses: 256,
	},
	expected: { perMiBMs: 5_000, perPageMs: 1_600 },
	choices: { languages: 'languages' },
	// A page takes about as long as a whole job of another tool.
	planLimits: {
		free: { maxInputBytes: 256 * MIB, maxPages: 200 },
		pro: { maxInputBytes: 10 * GIB, maxPages: 5000 },
	},
	jobsPerWorker: 2,
	programs: [...PROGRAMS, QPDF, POPPLER, PIKEPDF, PILLOW, JBIG2ENC],
	hostileFamilies: [
		...['kinds', 'polyglots', 'truncated', 'encrypted', 'pixel bombs', 'page bombs'],
		...['endless PDFs', 'fonts', 'PDF actions'],
	],
	outputName: (inputName, params) => withExtension(inputName, OUTPUTS[params.output].extension),
	outputMimeType: (params) => OUTPUTS[params.output].mimeType,
});
