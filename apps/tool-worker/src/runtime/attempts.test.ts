import { expect, test } from '@jest/globals';
import { type AttemptEnded, createAttempts } from './attempts.ts';

const reasonOf = (signal: AbortSignal) => (signal.reason as AttemptEnded | undefined)?.reason;

function granted(...jobs: [string, number][]) {
	const attempts = createAttempts();
	const signals = jobs.map(([jobId, number]) => {
		attempts.reserve(jobId);
		return attempts.begin(jobId, { attempt: number, tool: 'ocr' });
	});
	return { attempts, signals };
}

test('a job that this worker has is not claimed again', () => {
	const attempts = createAttempts();
	expect(attempts.reserve('job_1')).toBe(true);
	expect(attempts.reserve('job_1')).toBe(false);
	attempts.end('job_1');
	expect(attempts.reserve('job_1')).toBe(true);
});

test('stopping a job ends its attempt and no other', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 4]);
	attempts.stop('job_1');
	expect(signals.map(reasonOf)).toEqual(['stopped', undefined]);
});

test('a stop that is meant for an older attempt changes nothing', () => {
	const { attempts, signals } = granted(['job_1', 2]);
	attempts.stop('job_1', 1);
	expect(signals.map(reasonOf)).toEqual([undefined]);
	attempts.stop('job_1', 2);
	expect(signals.map(reasonOf)).toEqual(['stopped']);
});

test('a cancellation that overtook the grant ends the attempt as it begins', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	attempts.stop('job_1');
	expect(reasonOf(attempts.begin('job_1', { attempt: 1, tool: 'ocr' }))).toBe('stopped');
});

test('leases go on from the grant until jobs has taken the outcome', () => {
	const attempts = createAttempts();
	attempts.reserve('job_1');
	expect(attempts.leased()).toEqual([]);
	const signal = attempts.begin('job_1', { attempt: 1, tool: 'ocr' });
	attempts.report('job_1');
	expect(attempts.leased()).toEqual([{ job_id: 'job_1', attempt: 1 }]);
	attempts.stop('job_1', 1);
	expect([attempts.leased(), signal.aborted]).toEqual([[], false]);
});

test('a shutdown ends all that run, and what is granted after it', () => {
	const { attempts, signals } = granted(['job_1', 1]);
	attempts.reserve('job_2');
	attempts.stopAll();
	attempts.reserve('job_3');
	const late = [
		attempts.begin('job_2', { attempt: 1, tool: 'ocr' }),
		attempts.begin('job_3', { attempt: 1, tool: 'ocr' }),
	];
	expect([...signals, ...late].map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});

test('a job whose tool has ended is not returned: its output would be made again', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1]);
	attempts.setToolState('job_1', 'ended');
	attempts.setToolState('job_2', 'running');
	for (const jobId of ['job_1', 'job_2']) attempts.returnJob(jobId);
	expect(signals.map(reasonOf)).toEqual([undefined, 'no_background_slot']);
});

test('stopping the tools lets finished outputs be stored', () => {
	const { attempts, signals } = granted(['job_1', 1], ['job_2', 1], ['job_3', 1]);
	attempts.setToolState('job_1', 'ended');
	attempts.setToolState('job_2', 'running');
	attempts.stopTools();
	expect(signals.map(reasonOf)).toEqual([undefined, 'shutdown', 'shutdown']);
	attempts.stopAll();
	expect(signals.map(reasonOf)).toEqual(['shutdown', 'shutdown', 'shutdown']);
});
