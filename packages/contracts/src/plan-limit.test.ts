import { describe, expect, test } from '@jest/globals';
import { formatBytes } from './format.ts';
import { planLimit } from './plan-limit.ts';
import { PLANS } from './plans.ts';

const exceeded = {
	plans: PLANS,
	limitOf: (terms: (typeof PLANS)['free']) => terms.maxStoredBytes,
	format: formatBytes,
	use: 'You store 49 GB and this file has 2 GB',
	advice: ['delete some files'],
};

describe('planLimit', () => {
	test('names the use, the limit and the limit of Pro', () => {
		const error = planLimit({ ...exceeded, plan: 'free' });
		expect([error.code, error.status]).toEqual(['plan_limit', 403]);
		expect(error.message).toBe(
			'You store 49 GB and this file has 2 GB. The Free plan allows 50 GB, Pro 500 GB. Delete some files or upgrade to Pro.',
		);
	});

	test('says what the limit is for', () => {
		expect(planLimit({ ...exceeded, plan: 'free', scope: 'for this tool' }).message).toContain(
			'The Free plan allows 50 GB for this tool, Pro 500 GB.',
		);
	});

	test('offers no upgrade to users on Pro, or where Pro allows no more', () => {
		expect(planLimit({ ...exceeded, plan: 'pro' }).message).toBe(
			'You store 49 GB and this file has 2 GB. The Pro plan allows 500 GB. Delete some files.',
		);
		const same = planLimit({ ...exceeded, plan: 'free', limitOf: () => 1000, format: String });
		expect(same.message).not.toContain('Pro');
	});
});
