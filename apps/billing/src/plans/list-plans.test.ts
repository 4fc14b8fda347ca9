import { listPlans } from '@creatorr/contracts/billing';
import { PLANS } from '@creatorr/contracts/plans';
import { expect, test } from '@jest/globals';
import { describePlan, listPlansRoute } from './list-plans.ts';

test('describes each plan as the API promises, with configured numbers', () => {
	const plans = { ...PLANS, free: { ...PLANS.free, retentionHours: 48 } };
	const price = (amount: number) => ({ amount, currency: 'USD' });
	const prices = { monthly: price(900), yearly: price(9_000) };
	const data = [describePlan('free', plans), describePlan('pro', plans, prices)];
	expect(listPlans.response?.parse({ data })).toEqual({ data });
	expect(data).toMatchObject([
		{
			name: 'free',
			retention_hours: 48,
			max_active_jobs: 3,
			compute_seconds_per_day: 1_800,
			requests_per_minute: 600,
			jobs_per_minute: 60,
		},
		{
			name: 'pro',
			retention_hours: 720,
			max_active_jobs: 20,
			max_stored_bytes: 500_000_000_000,
			max_files: 50_000,
			prices,
		},
	]);
	expect(data[0]).not.toHaveProperty('prices');
	expect(listPlansRoute({ plans, priceCache: { prices } }).operation).toBe(listPlans);
});

test('leaves out limits that are switched off', () => {
	const off = { computeSecondsPerDay: 0, requestsPerMinute: 0, jobsPerMinute: 0 };
	const fields = Object.keys(describePlan('pro', { ...PLANS, pro: { ...PLANS.pro, ...off } }));
	expect(fields.filter((name) => name.includes('_per_'))).toEqual([]);
});
