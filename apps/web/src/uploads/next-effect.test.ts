import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { blockerOf, nextEffect } from './next-effect.ts';
import { createUpload, type Stage, type Upload } from './upload.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const upload = (stage: Stage, userId: string | null = 'usr_1'): Upload => ({
	...createUpload(source, { tool: 't', params: {}, secrets: {} }, userId),
	stage,
});
const context = { userId: 'usr_1', isOnline: true };
const signedOut = { userId: null, isOnline: true };
const job = { output_file_id: 'fil_1' } as Job;

test.each<[Stage, ReturnType<typeof nextEffect>]>([
	[{ kind: 'waiting', sentBytes: 0 }, 'send-file'],
	[{ kind: 'uploading', sentBytes: 0 }, 'send-file'],
	[{ kind: 'paused', sentBytes: 0 }, null],
	[{ kind: 'file-missing' }, null],
	[{ kind: 'secrets-missing' }, null],
	[{ kind: 'creating', isStruggling: false }, 'create-job'],
	[{ kind: 'queued', jobId: 'j', since: 0 }, 'watch-job'],
	[{ kind: 'running', jobId: 'j', progress: 1 }, 'watch-job'],
	[{ kind: 'canceling', jobId: null }, 'cancel-job'],
	[{ kind: 'succeeded', job, output: null }, 'fetch-output'],
	[{ kind: 'succeeded', job, output: 'gone' }, null],
	[{ kind: 'canceled' }, null],
])('the effect of %j is %s', (stage, effect) => {
	expect(nextEffect(upload(stage), context)).toBe(effect);
});

test('an upload waits until its owner is signed in', () => {
	const uploading = upload({ kind: 'uploading', sentBytes: 0 });
	expect(blockerOf(uploading, signedOut)).toBe('sign-in');
	expect(blockerOf(uploading, { userId: 'usr_2', isOnline: true })).toBe('sign-in');
	expect(blockerOf(upload({ kind: 'waiting', sentBytes: 0 }, null), context)).toBe('sign-in');
	expect(nextEffect(upload({ kind: 'succeeded', job, output: null }), signedOut)).toBe(null);
});

test('an upload waits for the network while offline', () => {
	const offline = { userId: 'usr_1', isOnline: false };
	expect(blockerOf(upload({ kind: 'running', jobId: 'j', progress: 1 }), offline)).toBe('network');
	expect(nextEffect(upload({ kind: 'running', jobId: 'j', progress: 1 }), offline)).toBe(null);
});

test('a paused or finished upload waits for nothing else', () => {
	const blocked = { userId: null, isOnline: false };
	expect(blockerOf(upload({ kind: 'paused', sentBytes: 0 }), blocked)).toBe(null);
	expect(blockerOf(upload({ kind: 'canceled' }), blocked)).toBe(null);
});
