import { expect, test } from '@jest/globals';
import { type AttemptAbortedError, createAttempts } from './attempts.ts';

const reasonOf = (signal: AbortSignal) => (signal.reason as AttemptAbortedError | undefined)?.reason;

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

test('abort aborts the attempt of a job and no other', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 4]);
	attempts.abort('job_1', 'revoked');
	expect(signals.map(reasonOf)).toEqual(['revoked', undefined]);
});

test('abort ignores the number of an older attempt', () => {
	const { attempts, signals } = granted(['job_1', 2]);
	attempts.abort('job_1', 'revoked', 1);
	expect(signals.map(reasonOf)).toEqual([undefined]);
	attempts.abort('job_1', 'revoked', 2);
	expect(signals.map(reasonOf)).toEqual(['revoked']);
});

test('abort before the grant aborts the attempt when it starts', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	attempts.abort('job_1', 'revoked');
	expect(reasonOf(attempts.start('job_1', { attempt: 1, tool: 'ocr' }))).toBe('revoked');
});

test('leases are renewed from the grant until the jobs service has applied the outcome', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	expect(attempts.leased()).toEqual([]);
	const signal = attempts.start('job_1', { attempt: 1, tool: 'ocr' });
	attempts.advance('job_1', 'reported');
	expect(attempts.leased()).toEqual([{ job_id: 'job_1', attempt: 1 }]);
	attempts.abort('job_1', 'revoked', 1);
	expect([attempts.leased(), signal.aborted]).toEqual([[], false]);
});

test('leases are renewed with the time that the tool has run so far, once it runs', () => {
	const { attempts } = granted(['job_1', 1]);
	let computeMs = 10;
	attempts.setComputeTimer('job_1', () => computeMs);
	computeMs = 20;
	expect(attempts.leased()).toEqual([{ job_id: 'job_1', attempt: 1, compute_ms: 20 }]);
});

test('abortAll aborts all attempts, and those that are granted later', () => {
	const { attempts, signals } = granted(['job_1', 1]);
	attempts.reserve('job_2');
	attempts.abortAll({ includeStoring: true });
	attempts.reserve('job_3');
	const late = [
		attempts.start('job_2', { attempt: 1, tool: 'ocr' }),
		attempts.start('job_3', { attempt: 1, tool: 'ocr' }),
	];
	expect([...signals, ...late].map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});

test('abort with no_background_slot spares an attempt whose tool has ended', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1]);
	attempts.advance('job_1', 'storing');
	attempts.advance('job_2', 'running');
	for (const jobId of ['job_1', 'job_2']) attempts.abort(jobId, 'no_background_slot');
	expect(signals.map(reasonOf)).toEqual([undefined, 'no_background_slot']);
});

test('storing returns the background jobs whose tool has ended', () => {
	const { attempts } = granted(['job_1', 1], ['job_2', 1], ['job_3', 1]);
	for (const jobId of ['job_1', 'job_2']) attempts.addEstimate(jobId, { background: true });
	for (const jobId of ['job_1', 'job_3']) attempts.advance(jobId, 'storing');
	attempts.advance('job_2', 'running');
	expect(attempts.storing()).toEqual(['job_1']);
	attempts.advance('job_1', 'reported');
	expect(attempts.storing()).toEqual(['job_1']);
});

test('abortAll without storing attempts spares those whose tool has ended', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1], ['job_3', 1]);
	attempts.advance('job_1', 'storing');
	attempts.advance('job_2', 'running');
	attempts.abortAll({ includeStoring: false });
	expect(signals.map(reasonOf)).toEqual([undefined, 'shutdown', 'shutdown']);
	attempts.abortAll({ includeStoring: true });
	expect(signals.map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});

test('advance never goes back to an earlier stage', () => {
	const { attempts } = granted(['job_1', 1]);
	expect(attempts.stage('job_1')).toBe('fetching');
	attempts.advance('job_1', 'storing');
	attempts.advance('job_1', 'running');
	expect([attempts.stage('job_1'), attempts.stage('job_2')]).toEqual(['storing', undefined]);
});
