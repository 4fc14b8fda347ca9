import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { withExtension } from '../files/output-name.ts';
import { sampleManifest } from '../testing/sample-manifest.ts';
import { describeTool, outputSuffix, withCapabilities } from './describe.ts';
import { defineTool, type ToolManifest } from './manifest.ts';

const params = z.strictObject({ a: z.int().default(1).meta({ description: 'a number' }) });

test('describeTool returns what the API promises of a tool', () => {
	expect(describeTool(defineTool(sampleManifest(params)))).toEqual({
		slug: 'a_tool',
		title: 'A tool',
		summary: 'Does something.',
		accepts: ['application/pdf'],
		params: {
			type: 'object',
			properties: { a: expect.objectContaining({ default: 1, description: 'a number' }) },
			additionalProperties: false,
		},
		limits: { max_input_bytes: 1000, max_duration_ms: 3000 },
		available: false,
	});
});

test('describeTool returns the presets', () => {
	const preset = { name: 'few', title: 'Few', summary: 'A few.', params: { a: 2 } };
	expect(describeTool(defineTool({ ...sampleManifest(params), presets: [preset] })).presets).toEqual([
		preset,
	]);
});

describe('describeTool returns how outputs are named:', () => {
	const choice = z.strictObject({ a: z.enum(['x', 'y']).default('x').meta({ description: 'a choice' }) });
	const named = (outputName: ToolManifest<typeof choice>['outputName']) =>
		describeTool(defineTool({ ...sampleManifest(choice), outputName })).output;

	test('by one suffix', () => {
		expect(named((name) => withExtension(name, '.small.pdf'))).toEqual({ suffix: '.small.pdf' });
	});

	test('by the value of a param', () => {
		const output = named((name, { a }) => withExtension(name, a === 'x' ? '.pdf' : '.txt'));
		expect(output).toEqual({ suffix: '.pdf', param: 'a', suffixes: { x: '.pdf', y: '.txt' } });
	});

	test('not at all where an output keeps the name of its input', () => {
		expect(named((name) => name)).toBeUndefined();
	});
});

test('outputSuffix names no param whose values give the same suffix or need another param', () => {
	const modes = z
		.object({ mode: z.enum(['plain', 'protected']).default('plain'), password: z.string().optional() })
		.refine(({ mode, password }) => mode === 'plain' || password !== undefined);
	const manifest = { params: modes, outputName: (name: string) => name.replace(/\.\w+$/, '.pdf') };
	expect(outputSuffix(manifest as unknown as ToolManifest)).toEqual({ suffix: '.pdf' });
});

test('withCapabilities adds what the workers offer, and nothing where there are none', () => {
	const capabilities = { languages: ['eng'] };
	const described = describeTool(defineTool(sampleManifest(params)));
	expect(withCapabilities(described, capabilities)).toEqual({ ...described, available: true, capabilities });
	expect(withCapabilities(described, undefined)).toEqual(described);
});
