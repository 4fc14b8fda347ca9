import type { Billing } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { describeSubscription, hasOpenSubscription } from './subscription-text.ts';

const NONE: Billing = { plan: 'free', status: 'none', cancel_at_period_end: false };
const PAID: Billing = {
	plan: 'pro',
	status: 'active',
	cycle: 'yearly',
	current_period_end: '2027-01-02T00:00:00Z',
	cancel_at_period_end: false,
};
const say = (billing: Billing) => describeSubscription(billing, (iso) => iso.slice(0, 10));

describe('the subscription text', () => {
	test('says that the free plan costs nothing', () => {
		expect(say(NONE)).toEqual({ plan: 'Free', text: 'Free forever.', isUrgent: false });
	});

	test('says that a granted Pro has no subscription', () => {
		expect(say({ ...NONE, plan: 'pro' })).toMatchObject({
			plan: 'Pro',
			text: 'You have Pro at no charge.',
		});
	});

	test('of a paused subscription names the contact only if there is one', () => {
		const paused: Billing = { ...PAID, status: 'paused' };
		expect(say(paused).text).toBe('Your subscription is paused.');
		const contact = { text: 'help@example.com', href: 'mailto:help@example.com' };
		expect(describeSubscription(paused, String, contact).text).toContain(
			'Contact help@example.com to resume it.',
		);
	});

	test('says when an active subscription renews', () => {
		expect(say(PAID)).toEqual({
			plan: 'Pro, billed yearly',
			text: 'Renews on 2027-01-02.',
			isUrgent: false,
		});
	});

	test('says when a canceled subscription ends', () => {
		expect(say({ ...PAID, cancel_at_period_end: true }).text).toContain('Ends on 2027-01-02');
	});

	test('is urgent after a failed payment, and tells whether Pro is still active', () => {
		expect(say({ ...PAID, status: 'past_due' })).toMatchObject({ isUrgent: true });
		expect(say({ ...PAID, status: 'past_due' }).text).toContain('to stay on Pro');
		expect(say({ ...PAID, plan: 'free', status: 'unpaid' }).text).toContain(
			'Update your card to return to Pro',
		);
	});
});

test.each([
	['none', false],
	['canceled', false],
	['incomplete', false],
	['active', true],
	['past_due', true],
	['unpaid', true],
])('status %s counts as an open subscription: %p', (status, isIt) => {
	expect(hasOpenSubscription({ ...NONE, status })).toBe(isIt);
});
