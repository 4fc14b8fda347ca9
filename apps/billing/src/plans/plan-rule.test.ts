import { describe, expect, test } from '@jest/globals';
import type { Subscription } from '../customers/customer.ts';
import { isOpenSubscription, mainSubscription, nextSyncAt, planOf } from './plan-rule.ts';

const DAY_MS = 86_400_000;
const GRACE_MS = 7 * DAY_MS;
const NOW = new Date('2026-03-20T00:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

function subscription(change: Partial<Subscription> = {}): Subscription {
	return {
		id: 'sub_1',
		status: 'active',
		cycle: 'monthly',
		createdAt: daysAgo(40),
		currentPeriodStart: daysAgo(10),
		currentPeriodEnd: daysAgo(-20),
		cancelAtPeriodEnd: false,
		unpaidSince: null,
		...change,
	};
}

const of = (...subscriptions: Subscription[]) => ({ subscriptions, proGrantedUntil: null });

describe('the plan', () => {
	test.each([
		['active', 'pro'],
		['trialing', 'pro'],
		['incomplete', 'free'],
		['incomplete_expired', 'free'],
		['canceled', 'free'],
		['unpaid', 'free'],
		['paused', 'free'],
	] as const)('of a subscription that is %s is %s', (status, plan) => {
		expect(planOf(of(subscription({ status })), NOW, GRACE_MS)).toBe(plan);
	});

	test.each([
		[6.99, 'pro'],
		[7, 'free'],
	])('of a subscription that has not been paid for %d days is %s', (days, plan) => {
		const unpaid = subscription({ status: 'past_due', currentPeriodStart: daysAgo(days) });
		expect(planOf(of(unpaid), NOW, GRACE_MS)).toBe(plan);
	});

	test('of a subscription in its second unpaid period is free, though that period has just begun', () => {
		const unpaid = { status: 'past_due', currentPeriodStart: daysAgo(1), unpaidSince: daysAgo(31) };
		expect(planOf(of(subscription(unpaid)), NOW, GRACE_MS)).toBe('free');
	});

	test('is Pro if one of several subscriptions counts', () => {
		const ended = subscription({ status: 'canceled' });
		expect(planOf(of(ended, subscription({ id: 'sub_2' })), NOW, GRACE_MS)).toBe('pro');
	});

	test('is free without a subscription', () => {
		expect(planOf(of(), NOW, GRACE_MS)).toBe('free');
	});

	test.each([
		['lasts', 0.01, [], 'pro'],
		['lasts, whatever Stripe says', 0.01, [subscription({ status: 'canceled' })], 'pro'],
		['has just ended', 0, [], 'free'],
		['has ended beside a subscription', -1, [subscription()], 'pro'],
	])('follows a grant that %s', (_, days, subscriptions, plan) => {
		const inputs = { subscriptions, proGrantedUntil: daysAgo(-days) };
		expect(planOf(inputs, NOW, GRACE_MS)).toBe(plan);
	});
});

test.each([
	['active', true],
	['past_due', true],
	['unpaid', true],
	['paused', true],
	['a word of tomorrow', true],
	['incomplete', false],
	['incomplete_expired', false],
	['canceled', false],
])('isOpenSubscription for a subscription that is %s: %s', (status, goesOn) => {
	expect(isOpenSubscription(subscription({ status }))).toBe(goesOn);
});

test('mainSubscription returns the one that counts, otherwise the latest', () => {
	const counting = subscription({ createdAt: daysAgo(90) });
	const ended = subscription({ id: 'sub_2', status: 'canceled', createdAt: daysAgo(5) });
	expect(mainSubscription([ended, counting], NOW, GRACE_MS)).toBe(counting);
	const older = subscription({ id: 'sub_3', status: 'canceled' });
	expect(mainSubscription([older, ended], NOW, GRACE_MS)).toBe(ended);
	expect(mainSubscription([], NOW, GRACE_MS)).toBeUndefined();
});

describe('the next sync without an event', () => {
	const rules = { graceMs: GRACE_MS, syncIntervalMs: DAY_MS };
	const next = (
		subscriptions: Subscription[],
		checkoutUntil: Date | null = null,
		proGrantedUntil: Date | null = null,
	) => nextSyncAt({ subscriptions, checkoutUntil, proGrantedUntil }, NOW, rules);

	test('is after the interval while a subscription is ongoing or a checkout is open', () => {
		expect(next([subscription()])).toEqual(daysAgo(-1));
		expect(next([], daysAgo(-0.5))).toEqual(daysAgo(-1));
	});

	test('is sooner if a grace period ends sooner', () => {
		const unpaid = subscription({ status: 'past_due', currentPeriodStart: daysAgo(6.75) });
		expect(next([unpaid])).toEqual(daysAgo(-0.25));
	});

	test('is when a grant ends, if that is sooner or nothing else is due', () => {
		expect(next([subscription()], null, daysAgo(-0.5))).toEqual(daysAgo(-0.5));
		expect(next([subscription()], null, daysAgo(-3))).toEqual(daysAgo(-1));
		expect(next([], null, daysAgo(-3))).toEqual(daysAgo(-3));
		expect(next([], null, daysAgo(3))).toBeNull();
	});

	test('is never when nothing can change', () => {
		expect(next([subscription({ status: 'canceled' })], daysAgo(1))).toBeNull();
		expect(next([])).toBeNull();
	});
});
