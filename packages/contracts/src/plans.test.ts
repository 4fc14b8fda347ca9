import { describe, expect, test } from '@jest/globals';
import { MAX_FILE_BYTES } from './files.ts';
import { PLANS, plansSchema, toolTerms, withToolLimits } from './plans.ts';

const SLOW = {
	slug: 'slow',
	planLimits: {
		free: { maxInputBytes: 100, maxPages: 10 },
		pro: { maxInputBytes: 1000, maxPages: 50 },
	},
};

describe('plans', () => {
	test('have room for a single file of the maximum size', () => {
		for (const terms of Object.values(PLANS)) {
			expect(terms.maxStoredBytes).toBeGreaterThanOrEqual(MAX_FILE_BYTES);
		}
	});

	test('pro never gives less than free', () => {
		const numbers = (terms: object) =>
			Object.entries(terms).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
		for (const [name, value] of numbers(PLANS.free)) {
			expect(Object.fromEntries(numbers(PLANS.pro))[name]).toBeGreaterThanOrEqual(value);
		}
		expect(PLANS.pro.anyTool.maxPages).toBeGreaterThanOrEqual(PLANS.free.anyTool.maxPages);
		expect(PLANS.pro.anyTool.maxInputBytes).toBeGreaterThanOrEqual(PLANS.free.anyTool.maxInputBytes);
	});

	test('have their defaults without configuration', () => {
		expect(plansSchema.parse(undefined)).toEqual(PLANS);
	});

	test('take single numbers from the configuration', () => {
		const plans = plansSchema.parse('{"free":{"maxActiveJobs":5}}');
		expect(plans.free).toEqual({ ...PLANS.free, maxActiveJobs: 5 });
		expect(plans.pro).toEqual(PLANS.pro);
	});

	test('take single numbers of a tool, and keep its others and those of other tools', () => {
		const text =
			'{"free":{"anyTool":{"maxPages":7},"tools":{"slow":{"maxPages":5},"other":{"maxInputBytes":9}}}}';
		const { free, pro } = withToolLimits(plansSchema.parse(text), [SLOW, { slug: 'quick' }]);
		const { maxInputBytes } = PLANS.free.anyTool;
		expect(free.anyTool).toEqual({ maxInputBytes, maxPages: 7 });
		expect(toolTerms(free, 'slow')).toEqual({ maxInputBytes: 100, maxPages: 5 });
		expect(toolTerms(free, 'other')).toEqual({ maxInputBytes: 9, maxPages: 7 });
		expect(toolTerms(free, 'quick')).toEqual(free.anyTool);
		expect(toolTerms(pro, 'slow')).toEqual(SLOW.planLimits.pro);
	});

	test.each(['no JSON', '{"gold":{}}', '{"free":{"maxActiveJobs":0}}', '{"free":{"jobs":1}}'])(
		'refuse the configuration %s',
		(text) => {
			expect(plansSchema.safeParse(text).success).toBe(false);
		},
	);

	test('have no terms for the name of an Object property', () => {
		expect(toolTerms(PLANS.free, 'toString')).toBe(PLANS.free.anyTool);
	});
});
