import { ApiError, type ApiKey } from '@creatorr/client';
import { describe, expect, test } from '@jest/globals';
import { changeOf, errorsByField } from './key-change.ts';

const key = {
	name: 'CI',
	tools: ['ocr'],
	allowed_ips: ['::1'],
	metadata: { team: 'web', url: 'a=b' },
} as unknown as ApiKey;
const same = { name: 'CI', 'tool ocr': 'on', allowed_ips: '::1\n', metadata: 'team=web\nurl=a=b' };

describe('the change of a key', () => {
	test('is empty when nothing was edited', () => {
		expect(changeOf(key, same)).toEqual({});
	});

	test('has only what was edited', () => {
		expect(changeOf(key, { ...same, name: 'CI 2' })).toEqual({ name: 'CI 2' });
		expect(changeOf(key, { ...same, 'tool inspect': 'on' })).toEqual({ tools: ['ocr', 'inspect'] });
		expect(changeOf(key, { ...same, metadata: ' team = ops ' })).toEqual({ metadata: { team: 'ops' } });
	});

	test('removes limits that were emptied', () => {
		const { 'tool ocr': _, ...unchecked } = same;
		expect(changeOf(key, { ...unchecked, allowed_ips: ' \n' })).toEqual({ tools: null, allowed_ips: null });
	});
});

test('a message about a line is shown at its field', () => {
	const details = [{ path: 'allowed_ips.1', message: 'must be an IP address' }];
	const error = new ApiError('wrong', {
		code: 'validation',
		status: 400,
		requestId: 'req_1',
		details,
		retryAfterMs: undefined,
	});
	expect(errorsByField(error)).toEqual({ allowed_ips: 'Line 2 must be an IP address.' });
	expect(errorsByField(new Error('lost'))).toBeUndefined();
});
