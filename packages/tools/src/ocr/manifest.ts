import { defineTool } from '@creatorr/tool-kit/manifest';
import { JPEG, PDF, PNG, TIFF, WEBP } from '@creatorr/tool-kit/media-types';
import { withExtension } from '@creatorr/tool-kit/output-name';
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
	rotate_pages: z.boolean().default(true).meta({ description: 'turn pages so that their text is upright' }),
	deskew: z.boolean().optional().meta({
		description: 'straighten crooked scans; not possible with mode redo, where it is false by default',
		default: true,
	}),
});

export const manifest = defineTool({
	slug: 'ocr',
	title: 'OCR',
	summary: 'Makes scans searchable: recognises the text of a PDF or an image and lays it under the page.',
	accepts: [PDF, PNG, JPEG, TIFF, WEBP],
	params: fieldsSchema
		.refine((params) => !(params.mode === 'redo' && params.deskew === true), {
			path: ['deskew'],
			error: 'deskew is not possible with mode redo: leave deskew out, or set mode to skip or force',
		})
		.transform((params) => ({ ...params, deskew: params.deskew ?? params.mode !== 'redo' })),
	limits: {
		maxInputBytes: GIB,
		// A small file may hold many pages, and a page takes seconds.
		deadline: { baseMs: 15 * 60_000, perMiBMs: 60_000, capMs: 60 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 4 * GIB,
		maxProcesses: 256,
	},
	binaries: ['ocrmypdf', 'tesseract', 'qpdf', 'pdftotext', 'python3'],
	outputName: (inputName) => withExtension(inputName, '.ocr.pdf'),
	outputMimeType: () => PDF,
});
