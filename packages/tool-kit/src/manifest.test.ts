import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { deadlineMs } from './deadline.ts';
import { describeTool, withCapabilities } from './describe.ts';
import { defineTool, type ToolManifest } from './manifest.ts';
import { withExtension } from './output-name.ts';

const described = z.int().default(1).meta({ description: 'a number' });
const limits = {
	maxInputBytes: 1000,
	deadline: { baseMs: 1000, perMiBMs: 500, capMs: 3000 },
	memoryBytes: 1,
	maxFileBytes: 1,
	maxProcesses: 1,
};

function tool(params: z.ZodType, slug = 'a_tool'): ToolManifest {
	return {
		slug,
		title: 'A tool',
		summary: 'Does something.',
		accepts: ['application/pdf'],
		params,
		limits,
		binaries: [],
		outputName: (name) => name,
		outputMimeType: () => 'application/pdf',
	};
}

describe('defineTool refuses', () => {
	test.each([
		['a param without a default', z.strictObject({ a: z.int().meta({ description: 'a' }) }), /valid params/],
		[
			'a param without a description',
			z.strictObject({ a: z.int().default(1) }),
			/params.a needs a description/,
		],
		[
			'completed params that do not parse to themselves',
			z.strictObject({ a: described }).transform(({ a }) => ({ a: a + 1 })),
			/parse to themselves/,
		],
	])('%s', (_, params, message) => {
		expect(() => defineTool(tool(params))).toThrow(message);
	});

	test('a slug that could not be a folder, a queue and a word of the API', () => {
		expect(() => defineTool(tool(z.strictObject({}), '../Up'))).toThrow(/slug/);
	});
});

test('describeTool shows what the API promises of a tool', () => {
	expect(describeTool(defineTool(tool(z.strictObject({ a: described }))))).toEqual({
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

describe('describeTool shows how outputs are named:', () => {
	const named = (outputName: (name: string, params: { a?: unknown }) => string) =>
		describeTool(
			defineTool({
				...tool(z.strictObject({ a: z.enum(['x', 'y']).default('x').meta({ description: 'a choice' }) })),
				outputName: (name, params) => outputName(name, params as { a?: unknown }),
			}),
		).output;

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

test('withCapabilities shows what the workers have, where there are some', () => {
	const capabilities = { languages: ['eng'] };
	const shown = describeTool(defineTool(tool(z.strictObject({ a: described }))));
	expect(withCapabilities(shown, capabilities)).toEqual({ ...shown, available: true, capabilities });
	expect(withCapabilities(shown, undefined)).toEqual(shown);
});

describe('deadlineMs', () => {
	test('grows with the input', () => {
		expect(deadlineMs(limits, { sizeBytes: 2 * 1024 * 1024 })).toBe(2000);
	});

	test('grows with pages that were counted', () => {
		const perPage = { ...limits, deadline: { ...limits.deadline, perPageMs: 100 } };
		expect(deadlineMs(perPage, { sizeBytes: 1024 * 1024, pages: 3 })).toBe(1800);
		expect(deadlineMs(limits, { sizeBytes: 1024 * 1024, pages: 3 })).toBe(1500);
	});

	test('stops at the cap', () => {
		expect(deadlineMs(limits, { sizeBytes: 1024 ** 4 })).toBe(3000);
	});
});
