import { describe, expect, test } from '@jest/globals';
import { checkHead } from './request-head.ts';

const limits = { maxHeaderCount: 3 };
const head = (headers: Record<string, string>, more: object = {}) => ({
	headers: { host: 'a', ...headers },
	rawHeaders: Object.entries(headers).flat(),
	httpVersion: '1.1',
	...more,
});

describe('checkHead', () => {
	test.each([
		['no body', head({})],
		['a body of any length: its operation bounds it', head({ 'content-length': '10000000' })],
		['a chunked body', head({ 'transfer-encoding': 'Chunked' })],
		['a client that waits for a 100', head({ expect: '100-Continue' })],
		['HTTP/1.0 without a host', { headers: {}, rawHeaders: [], httpVersion: '1.0' }],
	])('accepts %s', (_, given) => {
		expect(() => checkHead(given, limits)).not.toThrow();
	});

	test.each([
		['another transfer coding', head({ 'transfer-encoding': 'gzip, chunked' }), 'validation'],
		['another expectation', head({ expect: 'tea' }), 'validation'],
		['too many headers', head({ a: '', b: '', c: '', d: '' }), 'validation'],
		['no host', { headers: {}, rawHeaders: [], httpVersion: '1.1' }, 'validation'],
		['another version', head({}, { httpVersion: '2.0' }), 'validation'],
	])('refuses %s', (_, given, code) => {
		expect(() => checkHead(given, limits)).toThrow(expect.objectContaining({ code }));
	});
});
