import { expect, test } from '@jest/globals';
import { newWork } from '../../../works/new-work.ts';
import type { Stage } from '../../../works/work.ts';
import { progressOf, statusWords } from './status-words.ts';

const source = {
	id: 's',
	name: 'a.pdf',
	sizeBytes: 100_000_000,
	mimeType: 'application/pdf',
	lastModified: 1,
};
const work = (stage: Stage) => ({ ...newWork(source, { tool: 't', params: {}, secrets: {} }, 'u'), stage });
const calm = { hold: null, tool: { available: true }, now: 100_000 };

test('an upload tells how far it is, how fast and how long it takes', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 50_000_000, bytesPerSecond: 2_000_000 };
	expect(statusWords(work(stage), calm)).toBe('Uploading 50.0 MB of 100 MB · 2.0 MB/s · 25 s left');
	expect(progressOf(work(stage))).toBe(0.5);
});

test('one that has just begun promises nothing', () => {
	expect(statusWords(work({ kind: 'uploading', sentBytes: 0 }), calm)).toBe('Uploading 0 B of 100 MB');
});

test('the last seconds are not counted', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 99_000_000, bytesPerSecond: 1_000_000 };
	expect(statusWords(work(stage), calm)).toMatch(/a few seconds left$/);
});

test('what holds a work up is told before anything else', () => {
	const stage: Stage = { kind: 'uploading', sentBytes: 0 };
	expect(statusWords(work(stage), { ...calm, hold: 'sign-in' })).toMatch(/sign in/);
	expect(statusWords(work(stage), { ...calm, hold: 'network' })).toMatch(/offline/);
});

test('a job in line tells why it waits for long', () => {
	const queued = work({ kind: 'queued', jobId: 'j', since: 90_000 });
	expect(statusWords(queued, calm)).toBe('In line');
	expect(statusWords(queued, { ...calm, now: 200_000 })).toMatch(/Others/);
	expect(statusWords(queued, { ...calm, tool: { available: false } })).toMatch(/Nobody works with this tool/);
});

test('a job that has not told how far it is has no measure', () => {
	expect(progressOf(work({ kind: 'running', jobId: 'j', progress: 0 }))).toBeNull();
	expect(progressOf(work({ kind: 'running', jobId: 'j', progress: 40 }))).toBe(0.4);
});
