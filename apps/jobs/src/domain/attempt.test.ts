import { describe, expect, test } from '@jest/globals';
import { type AttemptState, decideClaim, failureAfterLoss, isCurrentAttempt } from './attempt.ts';

function job(change: Partial<AttemptState> = {}): AttemptState {
	return {
		status: 'running',
		attempt: 2,
		lostAttempts: 0,
		workerId: 'w',
		leaseExpiresAt: new Date(),
		settling: false,
		...change,
	};
}

describe('a claim', () => {
	test('of a waiting job is granted', () => {
		const waiting = job({ status: 'queued', attempt: 0, workerId: null, leaseExpiresAt: null });
		expect(decideClaim(waiting, 'asks')).toBe('granted');
	});

	test('of a running job without a lease is granted', () => {
		expect(decideClaim(job({ leaseExpiresAt: null }), 'asks')).toBe('granted');
	});

	test('of a leased job is held, also past the lease: ending leases is the watchdog’s', () => {
		expect(decideClaim(job({ leaseExpiresAt: new Date(Date.now() + 5_000) }), 'asks')).toBe('held');
		expect(decideClaim(job({ leaseExpiresAt: new Date(0) }), 'asks')).toBe('held');
	});

	test('of a job that the worker itself holds is granted anew: it never heard the grant', () => {
		expect(decideClaim(job({ workerId: 'asks' }), 'asks')).toBe('granted');
	});

	test('of a job whose outcome is being applied is held, by its own worker as well', () => {
		expect(decideClaim(job({ workerId: 'asks', settling: true }), 'asks')).toBe('held');
	});

	test.each(['succeeded', 'failed', 'canceled'] as const)('of a job that %s is unwanted', (status) => {
		expect(decideClaim(job({ status, leaseExpiresAt: null }), 'asks')).toBe('unwanted');
	});

	test('of a job that is gone is unwanted', () => {
		expect(decideClaim(null, 'asks')).toBe('unwanted');
	});
});

describe('an attempt', () => {
	test('is current when it is the last one granted', () => {
		expect(isCurrentAttempt(job(), 2)).toBe(true);
	});

	test.each([1, 3])('with another number (%i) is not current', (attempt) => {
		expect(isCurrentAttempt(job(), attempt)).toBe(false);
	});

	test('of a job that does not run is not current', () => {
		expect(isCurrentAttempt(job({ status: 'canceled' }), 2)).toBe(false);
	});

	test('that was given back is not current', () => {
		expect(isCurrentAttempt(job({ workerId: null, leaseExpiresAt: null }), 2)).toBe(false);
	});

	test('stays current after its lease was ended, until the next is granted', () => {
		expect(isCurrentAttempt(job({ leaseExpiresAt: null }), 2)).toBe(true);
	});
});

describe('a lost worker', () => {
	test('is forgiven twice', () => {
		expect(failureAfterLoss(job({ lostAttempts: 0 }))).toBeNull();
		expect(failureAfterLoss(job({ lostAttempts: 1 }))).toBeNull();
	});

	test('fails its job the third time', () => {
		expect(failureAfterLoss(job({ lostAttempts: 2 }))).toMatchObject({ code: 'worker_lost' });
	});
});
