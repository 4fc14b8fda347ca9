import { describe, expect, test } from '@jest/globals';
import { createFingerprint, isSameRequest } from './fingerprint.ts';

const fingerprint = createFingerprint('a secret');
const request = { tool: 'ocr', input_file_id: 'fil_1', params: { pages: [1, 2], a: { x: 1, y: null } } };
const print = (body: unknown) => fingerprint(JSON.parse(JSON.stringify(body)));

describe('a fingerprint', () => {
	test('does not depend on the order of fields', () => {
		const reordered = {
			params: { a: { y: null, x: 1 }, pages: [1, 2] },
			input_file_id: 'fil_1',
			tool: 'ocr',
		};
		expect(print(reordered)).toBe(print(request));
	});

	test('does not depend on fields that the contract ignores', () => {
		expect(print({ ...request, note: 'x' })).toBe(print(request));
	});

	test('is the same for missing and empty params', () => {
		expect(print({ tool: 'ocr', input_file_id: 'fil_1' })).toBe(
			print({ tool: 'ocr', input_file_id: 'fil_1', params: {} }),
		);
	});

	test.each([
		['another tool', { ...request, tool: 'compress_heavy' }],
		['another file', { ...request, input_file_id: 'fil_2' }],
		['another value', { ...request, params: { ...request.params, pages: [2, 1] } }],
		['a value of another type', { ...request, params: { ...request.params, pages: ['1', 2] } }],
		['another depth', { ...request, params: { ...request.params, a: { x: { y: null } } } }],
		['null params', { ...request, params: null }],
		['no object', 'text'],
		['an array', [request]],
	])('differs for %s', (_, other) => {
		expect(print(other)).not.toBe(print(request));
	});

	test('differs for a field named __proto__', () => {
		const odd = JSON.parse('{"tool":"ocr","input_file_id":"fil_1","params":{"__proto__":{"x":1}}}');
		expect(fingerprint(odd)).not.toBe(print({ tool: 'ocr', input_file_id: 'fil_1' }));
	});

	test('exists for a missing body', () => {
		expect(fingerprint(undefined)).toBe(fingerprint(null));
	});

	test('can’t be computed without the key', () => {
		expect(createFingerprint('another secret')(request)).not.toBe(print(request));
	});
});

describe('two requests', () => {
	test('are the same when their fingerprints are', () => {
		expect(isSameRequest(print(request), print(request))).toBe(true);
		expect(isSameRequest(print(request), print({ ...request, tool: 'x' }))).toBe(false);
	});

	test('count as the same when the key was changed in between', () => {
		expect(isSameRequest(createFingerprint('older secret')({ tool: 'x' }), print(request))).toBe(true);
	});
});
