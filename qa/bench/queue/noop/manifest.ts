import { TEXT } from '@creatorr/tool-kit/files/media-types';
import { defineTool } from '@creatorr/tool-kit/tool/manifest';
import { z } from 'zod';

const MIB = 1024 ** 2;

/** A tool that the product gets from the bench: what a job costs with it, it costs with any. */
export const manifest = defineTool({
	slug: 'noop',
	title: 'Nothing',
	summary: 'Gives the input back, after a command that does nothing.',
	accepts: [TEXT],
	params: z.strictObject({
		sandboxed: z.boolean().default(true).meta({ description: 'run the command; otherwise there is none' }),
	}),
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
