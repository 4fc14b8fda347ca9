import { describe, expect, test } from '@jest/globals';
import { describeError } from './logger.ts';

const causeOf = (cause: unknown) =>
	(describeError(new Error('failed', { cause })) as { cause: unknown }).cause;

describe('describeError', () => {
	test('keeps the fields of a cause that is not an Error', () => {
		const cause = { command: 'qpdf', exit_code: 2, signal: null, stderr: 'no such object\n' };
		expect(causeOf(cause)).toEqual(cause);
		expect(causeOf('a word')).toBe('a word');
	});

	test('leaves out the code of an error that has none', () => {
		expect(describeError(Object.assign(new Error('failed'), { code: undefined }))).not.toHaveProperty('code');
	});

	test('truncates a cause that is large, deep or refers to itself', () => {
		const loop: Record<string, unknown> = {
			text: 'x'.repeat(1_000_000),
			list: Array(1000).fill('y'.repeat(5000)),
		};
		loop.self = loop;
		expect(JSON.stringify(causeOf(loop)).length).toBeLessThan(20_000);
	});

	test.each([
		['numbers', 123_456],
		['texts', 'some text'],
		['objects without fields', {}],
		['dates', new Date(0)],
	])('truncates nested arrays of %s to 8 KiB', (_, leaf) => {
		const nest = (depth: number): unknown => (depth === 0 ? leaf : Array(20).fill(nest(depth - 1)));
		const bounded = JSON.stringify(causeOf(nest(4)));
		expect(bounded.length).toBeGreaterThan(1_000);
		expect(bounded.length).toBeLessThan(8 * 1024 + 100);
	});

	test('truncates a long name', () => {
		expect(JSON.stringify(causeOf({ ['n'.repeat(100_000)]: 1 })).length).toBeLessThan(8 * 1024);
	});

	test('shows dates and errors inside a cause as text', () => {
		const cause = {
			at: new Date('2026-11-30T10:00:00Z'),
			never: new Date(Number.NaN),
			reason: new TypeError('no such page'),
		};
		expect(causeOf(cause)).toEqual({
			at: '2026-11-30T10:00:00.000Z',
			never: 'Invalid Date',
			reason: 'TypeError: no such page',
		});
	});

	test('keeps the end of a long text, where programs print the cause', () => {
		expect(causeOf({ stderr: `${'x'.repeat(10_000)}the reason` })).toEqual({
			stderr: expect.stringMatching(/^…x{1000,2048}the reason$/),
		});
	});

	test('redacts fields named like secrets', () => {
		const cause = { params: { user_password: 'open it', pages: 3 }, headers: { authorization: 'Bearer x' } };
		expect(causeOf(cause)).toEqual({
			params: { user_password: '[redacted]', pages: 3 },
			headers: { authorization: '[redacted]' },
		});
	});

	test('ends when causes refer to each other', () => {
		const [one, other] = [new Error('one'), new Error('other')];
		one.cause = other;
		other.cause = one;
		expect(JSON.stringify(describeError(one)).match(/"message":"o/g)).toHaveLength(9);
	});
});
