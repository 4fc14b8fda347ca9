import { expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ToolManifest } from './manifest.ts';
import { outputSuffix } from './output-suffix.ts';

test('names no param whose values give the same suffix or need another param', () => {
	const params = z
		.object({ mode: z.enum(['plain', 'protected']).default('plain'), password: z.string().optional() })
		.refine(({ mode, password }) => mode === 'plain' || password !== undefined);
	const manifest = { params, outputName: (name: string) => name.replace(/\.\w+$/, '.pdf') };
	expect(outputSuffix(manifest as unknown as ToolManifest)).toEqual({ suffix: '.pdf' });
});
