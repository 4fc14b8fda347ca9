import { expect, test } from '@jest/globals';
import { type AttemptEnded, createAttempts } from './attempts.ts';

const reasonOf = (signal: AbortSignal) => (signal.reason as AttemptEnded | undefined)?.reason;

test('stopping a job ends its attempt and no other', () => {
	const attempts = createAttempts();
	const [one, two] = [attempts.begin('job_1', 1), attempts.begin('job_2', 4)];
	attempts.stop('job_1');
	expect([reasonOf(one), reasonOf(two)]).toEqual(['stopped', undefined]);
	expect(attempts.running()).toEqual([
		{ job_id: 'job_1', attempt: 1 },
		{ job_id: 'job_2', attempt: 4 },
	]);
});

test('a cancellation that overtook the grant ends the attempt as it begins', () => {
	const attempts = createAttempts();
	attempts.stop('job_1');
	expect(reasonOf(attempts.begin('job_1', 1))).toBe('stopped');
});

test('a stop of long ago is forgotten', () => {
	let now = 0;
	const attempts = createAttempts(() => now);
	attempts.stop('job_1');
	now = 60_000;
	expect(attempts.begin('job_1', 2).aborted).toBe(false);
});

test('a shutdown ends all that run, for another reason', () => {
	const attempts = createAttempts();
	const signal = attempts.begin('job_1', 1);
	attempts.stopAll();
	expect(reasonOf(signal)).toBe('shutdown');
});
