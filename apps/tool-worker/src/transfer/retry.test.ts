import { AppError } from '@creatorr/contracts/errors';
import { expect, test } from '@jest/globals';
import { TransferError } from './object-transfer.ts';
import { isRetryable, retry } from './retry.ts';

const never = new AbortController().signal;

test('retry repeats work that fails temporarily until it succeeds', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		if (tries < 3) throw new Error('away');
		return 'done';
	};
	expect(await retry(work, { signal: never, retryable: () => true })).toBe('done');
});

test('retry throws a permanent failure at once', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		throw new Error('no');
	};
	await expect(retry(work, { signal: never, retryable: () => false })).rejects.toThrow('no');
	expect(tries).toBe(1);
});

test('retry gives up after forMs', async () => {
	const work = () => Promise.reject(new Error('away'));
	await expect(retry(work, { signal: never, forMs: 0, retryable: () => true })).rejects.toThrow('away');
});

test('retry shortens a pause to the time that is left', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		throw new Error('full');
	};
	const options = { signal: never, forMs: 30, retryable: () => true, pauseAfter: () => 60_000 };
	await expect(retry(work, options)).rejects.toThrow('full');
	expect(tries).toBeGreaterThan(1);
});

test('retry rejects with the reason of an abort during a pause', async () => {
	const controller = new AbortController();
	const work = retry(() => Promise.reject(new Error('away')), {
		signal: controller.signal,
		retryable: () => true,
	});
	setTimeout(() => controller.abort(new Error('stopped')), 20);
	await expect(work).rejects.toThrow('stopped');
});

test.each([
	[new AppError('upstream_unavailable', 'away'), true],
	[new AppError('not_found', 'gone'), false],
	[Object.assign(new Error('reset'), { code: 'ECONNRESET' }), true],
	[new TransferError('the store answered 503', 503), true],
	[new TransferError('the store answered 400', 400), false],
	[new TypeError('a bug'), false],
	[Object.assign(new Error('full'), { code: 'ENOSPC' }), true],
	[Object.assign(new TypeError('a bug'), { code: 'ERR_INVALID_ARG_TYPE' }), false],
	[Object.assign(new Error('no such file'), { code: 'ENOENT' }), false],
	[Object.assign(new Error('broken'), { code: 'EIO' }), false],
])('isRetryable of %s is %p', (error, expected) => {
	expect(isRetryable(error)).toBe(expected);
});
