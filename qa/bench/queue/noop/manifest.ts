import { TEXT } from '@creatorr/tool-kit/files/media-types';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { z } from 'zod';

const MIB = 1024 ** 2;

/** A tool that a bench adds to the product, to measure what every job costs beyond its tool. */
export const manifest = defineTool({
	slug: 'noop',
	title: 'No operation',
	summary: 'Returns the input after a command that does nothing.',
	accepts: [TEXT],
	params: z.strictObject({ sandboxed: z.boolean().default(true).meta({ description: 'run the command' }) }),
	limits: {
		maxInputBytes: MIB,
		deadline: { baseMs: 10_000, perMiBMs: 0, capMs: 10_000 },
		memoryBytes: 256 * MIB,
		maxFileBytes: MIB,
		maxProcesses: 8,
	},
	programs: [],
	outputName: (inputName) => inputName,
	outputMimeType: () => TEXT,
});
