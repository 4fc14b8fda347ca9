import { expect, test } from '@jest/globals';
import { createUpload, type Upload } from '../upload.ts';
import type { EffectContext } from './effect-context.ts';

const held = new Set<string>();
/** The locks of a browser, as far as slots use them. */
const locks = {
	async request(name: string, _: object, onLock: (lock: object | null) => Promise<void> | undefined) {
		if (held.has(name)) return onLock(null);
		held.add(name);
		try {
			await onLock({});
		} finally {
			held.delete(name);
		}
	},
};
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
// Imported afterwards, because the module looks for the browser's locks when it is loaded.
const { watchJob } = await import('./watch-job.ts');

const source = { id: 's', name: 'a.pdf', sizeBytes: 4, mimeType: 'application/pdf', lastModified: 1 };
const upload: Upload = {
	...createUpload(source, { tool: 'compress', params: {}, secrets: {} }, 'usr_1'),
	stage: { kind: 'queued', jobId: 'job_1', since: 0 },
};

test('releases its stream slot while it waits to retry', async () => {
	const abort = new AbortController();
	const slotsDuringStream: number[] = [];
	const context = {
		api: {
			jobs: {
				// biome-ignore lint/correctness/useYield: the stream fails before its first event
				async *watch() {
					slotsDuringStream.push(held.size);
					throw new Error('the connection was closed');
				},
			},
		},
		report: () => undefined,
		signal: abort.signal,
	} as unknown as EffectContext;
	const done = watchJob(upload, context);
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(slotsDuringStream).toEqual([1]);
	expect(held.size).toBe(0);
	abort.abort();
	await expect(done).rejects.toThrow();
});
