import type { z } from 'zod';
import type { ToolManifest } from '../tool/manifest.ts';

/** Limits that a test overrides where it reaches one. */
export const SAMPLE_LIMITS = {
	maxInputBytes: 1000,
	deadline: { baseMs: 1000, perMiBMs: 500, capMs: 3000 },
	memoryBytes: 1024 ** 3,
	maxFileBytes: 1024 ** 2,
	maxProcesses: 16,
};

/** A manifest for tests, which override what they are about. */
export function sampleManifest<P extends z.ZodType>(params: P): ToolManifest<P> {
	return {
		slug: 'a_tool',
		title: 'A tool',
		summary: 'Does something.',
		accepts: ['application/pdf'],
		params,
		limits: SAMPLE_LIMITS,
		programs: [],
		binaries: [],
		pythonModules: [],
		outputName: (name) => name,
		outputMimeType: () => 'application/pdf',
	};
}
