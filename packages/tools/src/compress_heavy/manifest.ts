import { PDF } from '@creatorr/tool-kit/files/media-types';
import { withExtension } from '@creatorr/tool-kit/files/output-name';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { JBIG2ENC, PIKEPDF, PILLOW, POPPLER, QPDF } from '@creatorr/tool-kit/tool/programs';
import { z } from 'zod';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const manifest = defineTool({
	slug: 'compress_heavy',
	title: 'Compress PDF',
	summary:
		'Makes a PDF smaller: recompresses images, fonts and content, checks that nothing is lost and that pages look the same. Never gives back a larger file.',
	accepts: [PDF],
	params: z.strictObject({
		quality: z.int().min(1).max(100).default(70).meta({
			description:
				'how well pages must look: at 70 the same on a screen (SSIM of sampled pages at least 0.95, images at 175 dpi), at 90 SSIM 0.98 and 240 dpi, at 40 SSIM 0.90 and 120 dpi',
		}),
		image_dpi: z.int().min(36).max(600).nullable().default(null).meta({
			description:
				'resolution that images are brought down to, black-and-white ones to twice as much; null: what the quality says',
		}),
		grayscale: z.boolean().default(false).meta({ description: 'turn all colours to grey' }),
		target_size_bytes: z.int().min(1).nullable().default(null).meta({
			description:
				'lower the quality until the file is no larger than this; when that is not possible the smallest is given with the warning target_missed',
		}),
		linearize: z.boolean().default(true).meta({
			description:
				'write the file so that its first page shows while the rest still loads; left out where that alone would make it larger than the input',
		}),
		remove_metadata: z
			.boolean()
			.default(false)
			.meta({ description: 'remove title, author, dates and other metadata of the document' }),
		password: secretParam('password that opens the PDF; the compressed PDF keeps it'),
		signed: z.enum(['reject', 'invalidate']).default('reject').meta({
			description:
				'what to do with a digitally signed PDF, whose signature any change breaks. reject: end with unsupported_input; invalidate: empty the signature fields and compress it',
		}),
	}),
	result: z.object({
		method: z
			.string()
			.meta({ description: 'how the file was made; original: it is the input, byte for byte' }),
		pages: z.int().meta({ description: 'pages of the PDF' }),
		quality: z.int().nullish().meta({ description: 'the quality that was used' }),
		images: z.int().optional().meta({ description: 'images of the PDF' }),
		images_recompressed: z.int().optional().meta({ description: 'images that were compressed again' }),
		ssim: z.number().optional().meta({ description: 'lowest similarity (SSIM) of the sampled pages' }),
	}),
	limits: {
		maxInputBytes: 2 * GIB,
		deadline: { baseMs: 180_000, perMiBMs: 6000, capMs: 30 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 4 * GIB,
		maxProcesses: 64,
	},
	expected: { perMiBMs: 1_000 },
	cliAlias: 'compress',
	jobsPerWorker: 8,
	programs: [
		...[QPDF, POPPLER, PIKEPDF, PILLOW, JBIG2ENC],
		{
			name: 'NumPy',
			license: 'BSD-3-Clause',
			copyrightText: 'BSD-3-Clause',
			packages: ['python3-numpy'],
			purpose: 'compares images',
			pythonModules: ['numpy'],
		},
		{
			name: 'fontTools',
			license: 'MIT',
			copyrightText: 'Expat',
			packages: ['python3-fonttools'],
			purpose: 'smaller fonts',
			pythonModules: ['fontTools'],
		},
	],
	hostileFamilies: [
		...['kinds', 'polyglots', 'truncated', 'encrypted', 'names', 'pixel bombs'],
		...['page bombs', 'endless PDFs', 'fonts', 'odd structures', 'PDF actions'],
	],
	outputName: (inputName) => withExtension(inputName, '.compressed.pdf'),
	outputMimeType: () => PDF,
});
