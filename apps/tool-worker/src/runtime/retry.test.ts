import { AppError } from '@creatorr/contracts/errors';
import { expect, test } from '@jest/globals';
import { isRetryable, retry } from './retry.ts';
import { TransferFailed } from './transfer.ts';

const never = new AbortController().signal;

test('what may pass is tried again until it does', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		if (tries < 3) throw new Error('away');
		return 'done';
	};
	expect(await retry(work, { signal: never, retryable: () => true })).toBe('done');
});

test('what will not pass is thrown at once', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		throw new Error('no');
	};
	await expect(retry(work, { signal: never, retryable: () => false })).rejects.toThrow('no');
	expect(tries).toBe(1);
});

test('what fails for too long is given up', async () => {
	const work = () => Promise.reject(new Error('away'));
	await expect(retry(work, { signal: never, forMs: 0, retryable: () => true })).rejects.toThrow('away');
});

test('a pause of its own ends with the time that is left', async () => {
	let tries = 0;
	const work = async () => {
		tries += 1;
		throw new Error('full');
	};
	const options = { signal: never, forMs: 30, retryable: () => true, pauseAfter: () => 60_000 };
	await expect(retry(work, options)).rejects.toThrow('full');
	expect(tries).toBeGreaterThan(1);
});

test('an abort ends the pause and wins over the failure', async () => {
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
	[new TransferFailed('the store answered 503', 503), true],
	[new TransferFailed('the store answered 400', 400), false],
	[new TypeError('a bug'), false],
	[Object.assign(new Error('full'), { code: 'ENOSPC' }), true],
	[Object.assign(new Error('broken'), { code: 'EIO' }), false],
])('%s may pass: %p', (error, expected) => {
	expect(isRetryable(error)).toBe(expected);
});
