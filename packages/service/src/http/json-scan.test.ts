import { describe, expect, test } from '@jest/globals';
import { findJsonProblem } from './json-scan.ts';

const scan = (text: string, limits: { maxValues?: number; maxDepth?: number }) =>
	findJsonProblem(Buffer.from(text), { maxValues: 1_000, maxDepth: 1_000, ...limits });

function countValues(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 1;
	return 1 + Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 0);
}

describe('findJsonProblem', () => {
	test.each([
		'1',
		'[1,2,3]',
		'{"a":1,"b":[true,null,"x"],"c":{"d":{}}}',
		'{"a,b":"[{,","c\\"":"\\\\","d":"\\\\\\","}',
		'[[[]],[[]]]',
		' [ 1 , { "ä€😀" : [ ] } ] ',
	])('accepts %s with a limit of its number of values, and refuses it with a lower one', (text) => {
		const count = countValues(JSON.parse(text));
		// An empty array or object counts as one value more than it has.
		const empties = text.match(/\[\s*\]|\{\s*\}/g)?.length ?? 0;
		expect(scan(text, { maxValues: count + empties })).toBeUndefined();
		if (count > 1) expect(scan(text, { maxValues: count - 1 })).toBe('values');
	});

	test('accepts 10,000 uploaded parts in 1 MiB', () => {
		const part = (_: unknown, index: number) => ({ part_number: index + 1, etag: `"${'a'.repeat(32)}"` });
		const text = JSON.stringify({ parts: Array.from({ length: 10_000 }, part) });
		expect(text.length).toBeLessThan(1024 * 1024);
		expect(scan(text, { maxValues: 32_768 })).toBeUndefined();
	});

	test('counts nesting, not the total of brackets', () => {
		expect(scan('[[],[],[[]]]', { maxDepth: 3 })).toBeUndefined();
		expect(scan('[[],[],[[[]]]]', { maxDepth: 3 })).toBe('depth');
		expect(scan(`${'{"a":'.repeat(4)}1`, { maxDepth: 3 })).toBe('depth');
	});

	test.each([
		'"\\u0000"',
		'{"a\\u0000":1}',
		'"\\ud800"',
		'"\\udc00"',
		'"\\ud83d\\u0041"',
		'"\\ude00\\ud83d"',
	])('refuses the text of %s', (text) => {
		expect(scan(text, {})).toBe('text');
	});

	test('reports depth and values before text', () => {
		expect(scan('["\\u0000",[[[]]]]', { maxDepth: 3 })).toBe('depth');
		expect(scan('["\\ud800",1,2,3]', { maxValues: 4 })).toBe('values');
		expect(scan('["\\u0000]","[[["]', { maxDepth: 1 })).toBe('text');
	});

	test.each(['"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\\\u0000"', '"\\u00e9€😀"', '"\\u0001"'])(
		'accepts the text of %s',
		(text) => {
			expect(JSON.parse(text).isWellFormed()).toBe(true);
			expect(scan(text, {})).toBeUndefined();
		},
	);

	test.each(['"', '"\\', '["a', '{"a\\"', ''])('ends with the incomplete JSON %j', (text) => {
		expect(scan(text, {})).toBeUndefined();
	});
});
