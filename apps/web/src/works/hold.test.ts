import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { effectFor, holdOf } from './hold.ts';
import { newWork } from './new-work.ts';
import type { Stage, Work } from './work.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const work = (stage: Stage, userId: string | null = 'usr_1'): Work => ({
	...newWork(source, { tool: 't', params: {}, secrets: {} }, userId),
	stage,
});
const here = { userId: 'usr_1', isOnline: true };
const job = { output_file_id: 'fil_1' } as Job;

test.each<[Stage, ReturnType<typeof effectFor>]>([
	[{ kind: 'waiting', sentBytes: 0 }, 'upload'],
	[{ kind: 'uploading', sentBytes: 0 }, 'upload'],
	[{ kind: 'paused', sentBytes: 0 }, null],
	[{ kind: 'file-missing' }, null],
	[{ kind: 'secrets-missing' }, null],
	[{ kind: 'creating', isStruggling: false }, 'create'],
	[{ kind: 'queued', jobId: 'j', since: 0 }, 'watch'],
	[{ kind: 'running', jobId: 'j', progress: 1 }, 'watch'],
	[{ kind: 'canceling', jobId: null }, 'cancel'],
	[{ kind: 'succeeded', job, output: null }, 'look-at-output'],
	[{ kind: 'succeeded', job, output: 'gone' }, null],
	[{ kind: 'canceled' }, null],
])('with %j, %s is to be done', (stage, effect) => {
	expect(effectFor(work(stage), here)).toBe(effect);
});

test('without a person, or with another one, a work waits for its own to sign in', () => {
	const uploading = work({ kind: 'uploading', sentBytes: 0 });
	expect(holdOf(uploading, { userId: null, isOnline: true })).toBe('sign-in');
	expect(holdOf(uploading, { userId: 'usr_2', isOnline: true })).toBe('sign-in');
	expect(holdOf(work({ kind: 'waiting', sentBytes: 0 }, null), here)).toBe('sign-in');
	expect(effectFor(work({ kind: 'succeeded', job, output: null }), { userId: null, isOnline: true })).toBe(
		null,
	);
});

test('offline, a work waits for the network', () => {
	const offline = { userId: 'usr_1', isOnline: false };
	expect(holdOf(work({ kind: 'running', jobId: 'j', progress: 1 }), offline)).toBe('network');
	expect(effectFor(work({ kind: 'running', jobId: 'j', progress: 1 }), offline)).toBe(null);
});

test('what is over or waits for the person waits for nothing else', () => {
	const nowhere = { userId: null, isOnline: false };
	expect(holdOf(work({ kind: 'paused', sentBytes: 0 }), nowhere)).toBe(null);
	expect(holdOf(work({ kind: 'canceled' }), nowhere)).toBe(null);
});
