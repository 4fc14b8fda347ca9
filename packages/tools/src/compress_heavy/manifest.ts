import { defineTool } from '@creatorr/tool-kit/manifest';
import { PDF } from '@creatorr/tool-kit/media-types';
import { withExtension } from '@creatorr/tool-kit/output-name';
import { z } from 'zod';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const manifest = defineTool({
	slug: 'compress_heavy',
	title: 'Compress PDF',
	summary:
		'Makes a PDF smaller by recompressing its images and repacking the rest. Never gives back a larger file.',
	accepts: [PDF],
	params: z.strictObject({
		quality: z
			.int()
			.min(1)
			.max(100)
			.default(70)
			.meta({ description: 'how well images must look: 100 is nearly as before, lower is smaller' }),
	}),
	limits: {
		maxInputBytes: 2 * GIB,
		deadline: { baseMs: 120_000, perMiBMs: 4000, capMs: 30 * 60_000 },
		memoryBytes: 4 * GIB,
		maxFileBytes: 4 * GIB,
		maxProcesses: 64,
	},
	binaries: ['gs', 'qpdf', 'pdfinfo'],
	outputName: (inputName) => withExtension(inputName, '.compressed.pdf'),
	outputMimeType: () => PDF,
});
