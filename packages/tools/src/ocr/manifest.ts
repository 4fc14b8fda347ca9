import { HTML, JPEG, PDF, PNG, TEXT, TIFF, WEBP } from '@creatorr/tool-kit/files/media-types';
import { withExtension } from '@creatorr/tool-kit/files/output-name';
import { choiceParam } from '@creatorr/tool-kit/params/choice-param';
import { pageRangesSchema } from '@creatorr/tool-kit/params/page-ranges';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { JBIG2ENC, PIKEPDF, PILLOW, POPPLER, type Program, QPDF } from '@creatorr/tool-kit/tool/programs';
import { z } from 'zod';

const MB = 1_000_000;
const GIB = 1024 ** 3;
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
		.meta({ description: 'Languages of the text, main language first.' }),
	mode: choiceParam(
		{
			skip: { title: 'Leave unchanged' },
			redo: { title: 'Replace the text', description: 'Replaces text from an earlier OCR.' },
			force: {
				title: 'Treat as scans',
				description: 'Turns all pages, with or without text, into images and reads them.',
			},
		},
		{
			title: 'Pages that already have text',
			description: 'A scan already has text if text recognition (OCR) was run on it before.',
			default: 'skip',
		},
	),
	output: choiceParam(
		{
			pdf: { title: 'Searchable PDF', description: 'Your pages, with text that can be selected.' },
			pdfa: {
				title: 'PDF/A',
				description: 'PDF/A-2b, a searchable PDF for long-term archiving. It can’t have a password.',
			},
			text: { title: 'Plain text' },
			hocr: { title: 'hOCR', description: 'HTML with the position of each word, for programs.' },
		},
		{
			title: 'Result format',
			default: 'pdf',
		},
	),
	rotate_pages: z
		.boolean()
		.default(true)
		.meta({ description: 'Rotate pages so that their text is upright.' }),
	deskew: z.boolean().optional().meta({
		title: 'Straighten pages (deskew)',
		description:
			'Straighten crooked scans, unless params.mode is redo. With redo, the default is false, and true is rejected.',
		default: true,
	}),
	clean: z.boolean().optional().meta({
		title: 'Ignore specks (clean)',
		description:
			'Specks are ignored when reading. They stay in the result. Not available if params.mode is redo.',
		default: false,
	}),
	pages: pageRangesSchema.nullable().default(null).meta({
		'x-nullTitle': 'All pages',
		description: 'Pages to read, such as 1-3,5.',
	}),
	image_dpi: z.int().min(50).max(2400).nullable().default(null).meta({
		title: 'Resolution of the scan (DPI)',
		'x-nullTitle': 'From the file',
		description:
			'For image files (PNG, JPEG, TIFF, WebP), not PDFs. Leave it unless you know the scanner’s DPI.',
	}),
	optimize: z
		.int()
		.min(0)
		.max(3)
		.default(1)
		.meta({
			title: 'Image compression (optimize)',
			description: 'Makes the images in the result smaller.',
			'x-enumTitles': {
				0: 'Unchanged',
				1: 'Smaller, same quality',
				2: 'Even smaller, some loss',
				3: 'Smallest, more loss',
			},
		}),
	password: secretParam(
		'Opens a password-protected PDF. PDF results keep the password. Plain text and hOCR have none.',
		'Password of the PDF',
	),
	signed: choiceParam(
		{
			reject: {
				title: 'Stop with an error',
				description: 'Nothing is changed, and the signature stays valid.',
			},
			invalidate: {
				title: 'Make searchable and remove the signature',
				description: 'The signature fields are cleared.',
			},
		},
		{
			title: 'Signed PDFs',
			description: 'Any change breaks a digital signature. No effect on plain text and hOCR.',
			default: 'reject',
		},
	),
});

/** Refuses `deskew` and `clean` with mode `redo`: they change the recognized image, but typed text of the page stays in place. */
function refuseWithRedo({ value, issues }: z.core.ParsePayload<z.output<typeof fieldsSchema>>): void {
	if (value.mode !== 'redo') return;
	for (const name of ['deskew', 'clean'] as const) {
		if (value[name] !== true) continue;
		const message = 'not available if params.mode is redo; turn it off, or set params.mode to skip or force';
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
	title: 'Make scans searchable (OCR)',
	summary: 'Reads the text in scanned PDFs and photos, so that you can search and copy it.',
	accepts: [PDF, PNG, JPEG, TIFF, WEBP],
	params: fieldsSchema.check(refuseWithRedo).transform(({ deskew, clean, ...params }) => ({
		...params,
		deskew: deskew ?? params.mode !== 'redo',
		clean: clean ?? false,
	})),
	result: z.object({
		pages: z.int().meta({ description: 'Pages in the input.' }),
		pages_recognized: z.int().meta({ description: 'Pages whose text was recognized.' }),
		pages_skipped: z.int().meta({ description: 'Pages left unchanged.' }),
		words: z.int().meta({ description: 'Recognized words.' }),
		mean_confidence: z.number().nullable().meta({
			description: 'Mean confidence of the recognition, from 0 to 100. null without words.',
		}),
		languages: z.array(z.string()).meta({ description: 'Languages that were used.' }),
	}),
	limits: {
		maxInputBytes: 1_100 * MB,
		// A page takes 1.6 s on two cores, and twice as long in the fallback after a failure.
		deadline: { baseMs: 15 * 60_000, perMiBMs: 10_000, perPageMs: 5_000, capMs: 8 * 60 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 4 * GIB,
		maxProcesses: 256,
	},
	expected: { perMiBMs: 5_000, perPageMs: 1_600 },
	choices: { languages: 'languages' },
	// A page takes about as long as a whole job of other tools.
	planLimits: {
		free: { maxInputBytes: 300 * MB, maxPages: 200 },
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
