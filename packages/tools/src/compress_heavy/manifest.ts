import { PDF } from '@creatorr/tool-kit/files/media-types';
import { withExtension } from '@creatorr/tool-kit/files/output-name';
import { choiceParam } from '@creatorr/tool-kit/params/choice-param';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { JBIG2ENC, PIKEPDF, PILLOW, POPPLER, QPDF } from '@creatorr/tool-kit/tool/programs';
import { z } from 'zod';

const MB = 1_000_000;
const GIB = 1024 ** 3;

export const manifest = defineTool({
	slug: 'compress_heavy',
	title: 'Compress PDF',
	summary: 'Makes PDFs smaller without losing text or pages. The result is never larger than the original.',
	accepts: [PDF],
	params: z.strictObject({
		quality: z.int().min(1).max(100).default(70).meta({
			description:
				'Visual quality of the pages. At 70, pages look the same on a screen (SSIM of sampled pages at least 0.95, images at 175 DPI). At 90, SSIM is 0.98 and images have 240 DPI. At 40, SSIM is 0.90 and images have 120 DPI.',
		}),
		grayscale: z.boolean().default(false).meta({ description: 'Convert all colors to gray.' }),
		target_size_bytes: z.int().min(1).nullable().default(null).meta({
			'x-nullTitle': 'No limit',
			description:
				'Lower the quality until the file is no larger than this. If that is not possible, the result is the smallest file, with the warning target_missed.',
		}),
		image_dpi: z.int().min(36).max(600).nullable().default(null).meta({
			title: 'Image resolution (DPI)',
			'x-nullTitle': 'Based on quality',
			description:
				'Reduce images with a higher resolution to this value. Black-and-white images may have up to twice this resolution.',
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
		password: secretParam(
			'Opens a password-protected PDF. The compressed PDF keeps the password.',
			'Password of the PDF',
		),
		signed: choiceParam(
			{
				reject: {
					title: 'Stop with an error',
					description: 'Nothing is changed, and the signature stays valid.',
				},
				invalidate: {
					title: 'Compress and remove the signature',
					description: 'The signature fields are cleared.',
				},
			},
			{
				title: 'Signed PDFs',
				description: 'Any change breaks a digital signature.',
				default: 'reject',
			},
		),
	}),
	presets: [
		{
			name: 'smaller',
			title: 'Smallest file',
			summary: 'For email and the web. Images may look softer.',
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
			title: 'Best quality',
			summary: 'For printing and zooming in.',
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
		maxInputBytes: 2_200 * MB,
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
