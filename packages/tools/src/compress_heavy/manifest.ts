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
		'Compresses images, fonts and content, then checks that nothing is lost and that pages look the same. The result is never larger than the original.',
	accepts: [PDF],
	params: z.strictObject({
		quality: z.int().min(1).max(100).default(70).meta({
			description:
				'Visual quality of the pages. At 70, pages look the same on a screen (SSIM of sampled pages at least 0.95, images at 175 dpi). At 90, SSIM is 0.98 and images have 240 dpi. At 40, SSIM is 0.90 and images have 120 dpi.',
		}),
		grayscale: z.boolean().default(false).meta({ description: 'Convert all colors to gray.' }),
		target_size_bytes: z.int().min(1).nullable().default(null).meta({
			description:
				'Lower the quality until the file is no larger than this. If that is not possible, the result is the smallest file, with the warning target_missed.',
		}),
		image_dpi: z.int().min(36).max(600).nullable().default(null).meta({
			title: 'Image resolution (DPI)',
			description: 'Maximum image resolution (double for black and white). null follows quality.',
		}),
		linearize: z.boolean().default(true).meta({
			title: 'Fast web view (linearize)',
			description:
				'Show the first page while the rest still loads. Skipped if it would make the file larger than the input.',
		}),
		remove_metadata: z
			.boolean()
			.default(false)
			.meta({ description: 'Remove the title, author, dates and other metadata.' }),
		password: secretParam('Password that opens the PDF. The compressed PDF keeps it.'),
		signed: z.enum(['reject', 'invalidate']).default('reject').meta({
			title: 'Signed PDFs',
			description:
				'What to do with a digitally signed PDF, because any change breaks its signature. reject: fail with unsupported_input; invalidate: clear the signature fields and compress it.',
		}),
	}),
	presets: [
		{
			name: 'smaller',
			title: 'Smaller',
			summary: 'Smallest file, for email and the web. Images may look softer.',
			params: { quality: 40 },
		},
		{
			name: 'balanced',
			title: 'Balanced',
			summary: 'Looks the same on a screen.',
			params: { quality: 70 },
		},
		{
			name: 'best',
			title: 'Best',
			summary: 'Best quality, for printing and zooming in.',
			params: { quality: 90 },
		},
	],
	result: z.object({
		method: z
			.string()
			.meta({ description: 'How the file was made; "original" means the input, byte for byte.' }),
		pages: z.int().meta({ description: 'Pages in the PDF.' }),
		quality: z.int().nullish().meta({ description: 'Quality that was used.' }),
		images: z.int().optional().meta({ description: 'Images in the PDF.' }),
		images_recompressed: z.int().optional().meta({ description: 'Images that were recompressed.' }),
		ssim: z.number().optional().meta({ description: 'Lowest similarity (SSIM) among the sampled pages.' }),
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
