import { ApiError, StoreError } from '@creatorr/client';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Report } from '../transitions.ts';
import { createUpload } from '../upload.ts';
import type { EffectContext } from './effect-context.ts';
import { sendFile } from './send-file.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 4, mimeType: 'application/pdf', lastModified: 1 };
const upload = createUpload(source, { tool: 'compress', params: {}, secrets: {} }, 'usr_1');
type Send = (options: { signal: AbortSignal }) => Promise<never>;

/** Starts to send a file with `send` in place of the client. Resolves once it has begun. */
async function start(send: Send) {
	const reports: Report[] = [];
	const abort = new AbortController();
	const began = Promise.withResolvers<void>();
	const context = {
		api: { files: { upload: (_: File, options: { signal: AbortSignal }) => send(options) } },
		files: { get: async () => new File(['%PDF'], 'a.pdf') },
		report(event: Report) {
			reports.push(event);
			if (event.type === 'upload-began') began.resolve();
		},
		signal: abort.signal,
	} as unknown as EffectContext;
	const done = sendFile(upload, context);
	await began.promise;
	return { reports, abort, done };
}

const untilAborted: Send = ({ signal }) =>
	new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

beforeEach(() => {
	jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
	jest.useRealTimers();
});

test('reports a rate of 0 after 10 s without progress', async () => {
	const { reports, abort, done } = await start(untilAborted);
	await jest.advanceTimersByTimeAsync(10_000);
	expect(reports).toEqual([{ type: 'upload-began' }]);
	await jest.advanceTimersByTimeAsync(2_000);
	expect(reports.at(-1)).toEqual({ type: 'sent', sentBytes: 0, bytesPerSecond: 0 });
	abort.abort();
	await done;
	expect(reports.at(-1)).toEqual({ type: 'upload-interrupted' });
});

test('pauses before it reports an interruption by the store', async () => {
	const { reports, done } = await start(async () => {
		throw new StoreError('the store did not take the part', { status: 503 });
	});
	await jest.advanceTimersByTimeAsync(9_000);
	expect(reports).toEqual([{ type: 'upload-began' }]);
	await jest.advanceTimersByTimeAsync(1_000);
	await done;
	expect(reports.at(-1)).toEqual({ type: 'upload-interrupted' });
});

test('reports a failure with a long Retry-After', async () => {
	const { reports, done } = await start(async () => {
		throw new ApiError('You have 1,000 unfinished uploads.', {
			code: 'rate_limited',
			status: 429,
			requestId: 'req_1',
			details: [],
			retryAfterMs: 3_600_000,
		});
	});
	await done;
	expect(reports.at(-1)).toMatchObject({ type: 'failed', problem: { code: 'rate_limited' } });
});

test('reports a lost file when its bytes can’t be read', async () => {
	const { reports, done } = await start(async () => {
		throw new DOMException('gone', 'NotFoundError');
	});
	await done;
	expect(reports.at(-1)).toEqual({ type: 'file-lost' });
});
