import { expect, test } from '@jest/globals';
import { type AttemptEnded, createAttempts } from './attempts.ts';

const reasonOf = (signal: AbortSignal) => (signal.reason as AttemptEnded | undefined)?.reason;

function granted(...jobs: [string, number][]) {
	const attempts = createAttempts();
	const signals = jobs.map(([jobId, number]) => {
		attempts.reserve(jobId);
		return attempts.start(jobId, { attempt: number, tool: 'ocr' });
	});
	return { attempts, signals };
}

test('reserve returns false for a job that this worker has', () => {
	const attempts = createAttempts();
	expect(attempts.reserve('job_1')).toBe(true);
	expect(attempts.reserve('job_1')).toBe(false);
	attempts.remove('job_1');
	expect(attempts.reserve('job_1')).toBe(true);
});

test('stop ends the attempt of a job and no other', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 4]);
	attempts.stop('job_1');
	expect(signals.map(reasonOf)).toEqual(['stopped', undefined]);
});

test('stop ignores the number of an older attempt', () => {
	const { attempts, signals } = granted(['job_1', 2]);
	attempts.stop('job_1', 1);
	expect(signals.map(reasonOf)).toEqual([undefined]);
	attempts.stop('job_1', 2);
	expect(signals.map(reasonOf)).toEqual(['stopped']);
});

test('stop before the grant ends the attempt when it starts', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	attempts.stop('job_1');
	expect(reasonOf(attempts.start('job_1', { attempt: 1, tool: 'ocr' }))).toBe('stopped');
});

test('leases are renewed from the grant until jobs has applied the outcome', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	expect(attempts.leased()).toEqual([]);
	const signal = attempts.start('job_1', { attempt: 1, tool: 'ocr' });
	attempts.advance('job_1', 'reported');
	expect(attempts.leased()).toEqual([{ job_id: 'job_1', attempt: 1 }]);
	attempts.stop('job_1', 1);
	expect([attempts.leased(), signal.aborted]).toEqual([[], false]);
});

test('stopAll ends all attempts, and those that are granted later', () => {
	const { attempts, signals } = granted(['job_1', 1]);
	attempts.reserve('job_2');
	attempts.stopAll();
	attempts.reserve('job_3');
	const late = [
		attempts.start('job_2', { attempt: 1, tool: 'ocr' }),
		attempts.start('job_3', { attempt: 1, tool: 'ocr' }),
	];
	expect([...signals, ...late].map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});

test('abortForBackground does not end an attempt with an output', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1]);
	attempts.advance('job_1', 'storing');
	attempts.advance('job_2', 'running');
	for (const jobId of ['job_1', 'job_2']) attempts.abortForBackground(jobId);
	expect(signals.map(reasonOf)).toEqual([undefined, 'no_background_slot']);
});

test('abortWithoutOutput does not end an attempt with an output', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1], ['job_3', 1]);
	attempts.advance('job_1', 'storing');
	attempts.advance('job_2', 'running');
	attempts.abortWithoutOutput();
	expect(signals.map(reasonOf)).toEqual([undefined, 'shutdown', 'shutdown']);
	attempts.stopAll();
	expect(signals.map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});

test('advance never goes back to an earlier stage', () => {
	const { attempts } = granted(['job_1', 1]);
	expect(attempts.stage('job_1')).toBe('fetching');
	attempts.advance('job_1', 'storing');
	attempts.advance('job_1', 'running');
	expect([attempts.stage('job_1'), attempts.stage('job_2')]).toEqual(['storing', undefined]);
});
