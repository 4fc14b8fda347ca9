import { ApiError, ConnectionError } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { describeLostKey } from './describe-lost-key.ts';

const apiError = (code: ApiError['code'], status: number) =>
	new ApiError('No.', { code, status, requestId: 'req_1', details: [], retryAfterMs: undefined });

test.each([
	['a lost connection', new ConnectionError('no connection'), true],
	['a service that didn’t respond in time', apiError('upstream_unavailable', 504), true],
	['a refusal', apiError('plan_limit', 403), false],
])('whether a new key may exist after %s', (_, error, mayExist) => {
	expect(describeLostKey(error)?.includes('rotate it') ?? false).toBe(mayExist);
});
