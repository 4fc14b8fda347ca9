import { TEXT } from '@creatorr/tool-kit/files/media-types';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { z } from 'zod';

/** A tool with the limits of another, whose program does what the script says until it is ended. */
export function greedyTool({ manifest }: Tool, script: string): Tool {
	return {
		manifest: {
			...{ slug: 'greedy', title: 'Greedy', summary: 'Takes all that it gets.' },
			...{ accepts: [TEXT], params: z.strictObject({}), limits: manifest.limits },
			...{ programs: [], binaries: ['python3'], pythonModules: [] },
			...{ outputName: (name) => name, outputMimeType: () => TEXT },
		},
		async run(input, { exec }) {
			await exec('python3', ['-I', '-c', script]);
			return { outputPath: input.path, warnings: [], details: {} };
		},
	};
}
