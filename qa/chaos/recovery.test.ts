import { expect, test } from '@jest/globals';
import { measureRecovery } from './recovery.ts';

const KILL = { round: 0, atMs: 0, kind: 'kill', target: 'jobs', durationMs: 0, delayMs: 0 } as const;
const fault = (number: number, startedAt: number, endedAt: number) => {
	return { ...KILL, number, startedAt, endedAt };
};
const success = (kind: string, startedAt: number, endedAt: number) => ({ kind, startedAt, endedAt });

test('a fault has recovered when work that started after it has succeeded', () => {
	const successes = [success('login', 900, 1_100), success('login', 1_200, 1_500)];
	const [recovery] = measureRecovery([fault(0, 500, 1_000)], successes, ['login']);
	expect(recovery).toMatchObject({ afterMs: { login: 500 }, slowestMs: 500 });
});

test('the kind of work that recovers last counts, also if it never recovers', () => {
	const successes = [success('login', 1_000, 1_100), success('upload', 1_000, 4_000)];
	const measure = (kinds: string[]) => measureRecovery([fault(0, 500, 1_000)], successes, kinds)[0];
	expect(measure(['login', 'upload'])?.slowestMs).toBe(3_000);
	expect(measure(['login', 'job'])?.slowestMs).toBeNull();
});

test('work that a later fault disturbed is counted from the end of that fault', () => {
	const faults = [fault(0, 500, 1_000), fault(1, 1_500, 3_000)];
	const [first] = measureRecovery(faults, [success('login', 1_200, 3_400)], ['login']);
	expect(first).toMatchObject({ afterMs: { login: 400 }, slowestMs: 400 });
});
