import { describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { completeFile } from './files.ts';
import { parse, parseOrThrow } from './validation.ts';

const schema = z.strictObject({ size: z.int().min(1), name: z.string().optional() });

function thrownBy(act: () => unknown): AppError {
	try {
		act();
	} catch (error) {
		return error as AppError;
	}
	throw new Error('nothing was thrown');
}

describe('parse', () => {
	test('returns the data of a valid value', () => {
		expect(parse(schema, { size: 1 })).toEqual({ ok: true, data: { size: 1 } });
	});

	test('describes what is wrong as zod does, with its path', () => {
		const { error } = schema.safeParse({ size: 'x' });
		expect(parse(schema, { size: 'x' }, { prefix: ['query'] })).toEqual({
			ok: false,
			details: [{ path: 'query.size', message: error?.issues[0]?.message }],
			total: 1,
		});
		expect(parse(schema, 'text')).toMatchObject({ details: [{ path: 'body' }], total: 1 });
	});

	test('names each unknown field', () => {
		expect(parse(schema, { size: 1, a: 1, b: 1 })).toEqual({
			ok: false,
			details: [
				{ path: 'a', message: 'unknown field "a"' },
				{ path: 'b', message: 'unknown field "b"' },
			],
			total: 2,
		});
	});

	test('describes 20 of 20,000 wrong fields, and builds no message for the others', () => {
		const body = { parts: new Array(10_000).fill({ part_number: 0, etag: '' }) };
		const finalize = jest.fn(() => 'no');
		const before = z.config().customError;
		z.config({ customError: finalize });
		try {
			const parsed = parse(completeFile.body ?? z.never(), body);
			expect(parsed).toMatchObject({ ok: false, total: 20_000 });
			expect(parsed.ok || parsed.details.length).toBe(20);
			expect(finalize).toHaveBeenCalledTimes(20);
		} finally {
			z.config({ customError: before });
		}
	});
});

describe('a validation error', () => {
	test('has the first 20 details, their number, and texts of bounded length', () => {
		const long = 'x'.repeat(100_000);
		const raw = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${long}`, 1]));
		const error = thrownBy(() => parseOrThrow(schema, { size: 1, ...raw }));
		expect([error.code, error.details?.length, error.detailsTotal]).toEqual(['validation', 20, 100]);
		expect(JSON.stringify([error.message, error.details]).length).toBeLessThan(10_000);
	});

	test('is truncated between characters', () => {
		const { message } = new AppError('validation', '😀'.repeat(2_000));
		expect(message.length).toBeLessThanOrEqual(2_000);
		expect(message.isWellFormed()).toBe(true);
		expect(message.endsWith('😀…')).toBe(true);
	});
});
