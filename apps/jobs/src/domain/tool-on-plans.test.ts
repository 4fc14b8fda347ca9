import { PLANS, type Plans } from '@creatorr/contracts/plans';
import { expect, test } from '@jest/globals';
import { toolOnPlans } from './tool-on-plans.ts';

const plans: Plans = {
	free: { ...PLANS.free, anyTool: { maxInputBytes: 10, maxPages: 1 }, tools: {} },
	pro: { ...PLANS.pro, tools: { ocr: { maxInputBytes: 1000, maxPages: 50 } } },
};

test('a plan gives a tool no more than the tool takes', () => {
	expect(toolOnPlans(plans, { slug: 'ocr', limits: { maxInputBytes: 500 } as never })).toEqual({
		free: { max_input_bytes: 10, max_pages: 1 },
		pro: { max_input_bytes: 500, max_pages: 50 },
	});
});
