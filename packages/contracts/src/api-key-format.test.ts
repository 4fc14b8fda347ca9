import { describe, expect, test } from '@jest/globals';
import { describeApiKey, isApiKey, newApiKey, DEFAULT_API_KEY_PREFIX as PREFIX } from './api-key-format.ts';

describe('a new API key', () => {
	test('has the prefix, 30 random characters and 6 of a checksum', () => {
		expect(newApiKey(PREFIX)).toMatch(/^ctr_live_[0-9A-Za-z]{36}$/);
		expect(isApiKey(PREFIX, newApiKey(PREFIX))).toBe(true);
	});

	test('is never the same, and uses every digit', () => {
		const keys = Array.from({ length: 500 }, () => newApiKey(PREFIX).slice(PREFIX.length, -6));
		expect(new Set(keys).size).toBe(500);
		expect(new Set(keys.join('')).size).toBe(62);
	});

	test('is described by its start and end', () => {
		const key = newApiKey(PREFIX);
		expect(describeApiKey(PREFIX, key)).toEqual({ start: key.slice(0, 13), last4: key.slice(-4) });
	});
});

describe('isApiKey', () => {
	// Computed apart: CRC-32 (ISO 3309) of the first 39 characters, in base62.
	const key = 'ctr_live_0123456789ABCDEFGHIJKLMNOPQRST';

	test('accepts the checksum of other implementations', () => {
		expect(isApiKey(PREFIX, `${key}33ZIVa`)).toBe(true);
	});

	test('refuses every change of one character', () => {
		const good = newApiKey(PREFIX);
		const changed = [...good].map(
			(char, at) => good.slice(0, at) + (char === 'a' ? 'b' : 'a') + good.slice(at + 1),
		);
		expect(changed.filter((text) => isApiKey(PREFIX, text))).toEqual([]);
	});

	test.each([
		['a shorter text', (good: string) => good.slice(0, -1)],
		['a longer text', (good: string) => `${good}0`],
		['another prefix', (good: string) => good.replace(PREFIX, 'ctr_test_')],
		['no text', () => ''],
	])('refuses %s', (_, change) => {
		expect(isApiKey(PREFIX, change(newApiKey(PREFIX)))).toBe(false);
	});
});
