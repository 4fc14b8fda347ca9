import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { sampleManifest } from '../testing/sample-manifest.ts';
import { defineTool } from './manifest.ts';

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
			z
				.strictObject({ a: z.int().default(1).meta({ description: 'a number' }) })
				.transform(({ a }) => ({ a: a + 1 })),
			/parse to themselves/,
		],
	])('%s', (_, params, message) => {
		expect(() => defineTool(sampleManifest(params))).toThrow(message);
	});

	test('a slug that could not be a folder, a queue and a word of the API', () => {
		expect(() => defineTool({ ...sampleManifest(z.strictObject({})), slug: '../Up' })).toThrow(/slug/);
	});

	test.each([
		['a preset with an invalid param', [{ a: 1 }, { a: 'x' }], /preset 1: /],
		['presets that set different params', [{ a: 1 }, {}], /preset 1 must set the params of the first/],
	])('%s', (_, values, message) => {
		const params = z.strictObject({ a: z.int().default(1).meta({ description: 'a number' }) });
		const presets = values.map((value, at) => ({ name: String(at), title: '', summary: '', params: value }));
		expect(() => defineTool({ ...sampleManifest(params), presets })).toThrow(message);
	});
});
