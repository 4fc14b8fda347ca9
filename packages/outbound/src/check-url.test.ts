import { parseRanges } from '@creatorr/service/address-ranges';
import { describe, expect, test } from '@jest/globals';
import { isAllowedAddress } from './address-policy.ts';
import { checkUrl } from './check-url.ts';

const none = parseRanges([]);
const production = { allowed: none, blocked: none, allowHttp: false, ownHosts: new Set(['app.example.com']) };
const check = (url: string, policy: Partial<typeof production> = {}) =>
	checkUrl(url, { ...production, ...policy }).href;

describe('a URL is refused before any connection if it', () => {
	test.each([
		...[
			'127.0.0.1',
			'127.1',
			'0x7f.1',
			'0177.0.0.1',
			'2130706433',
			'0x7f000001',
			'127.0.0.1.',
			'１２７.0.0.1',
		],
		...[
			'0.0.0.0',
			'10.1.2.3',
			'100.64.0.1',
			'169.254.169.254',
			'172.16.0.1',
			'172.31.255.255',
			'192.168.0.1',
		],
		// Azure's host agent
		'168.63.129.16',
		...[
			'192.0.2.1',
			'192.88.99.1',
			'198.18.0.1',
			'198.51.100.1',
			'203.0.113.1',
			'224.0.0.1',
			'255.255.255.255',
		],
		...['[::]', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:8.8.8.8]', '[::127.0.0.1]'],
		...['[64:ff9b::10.0.0.1]', '[64:ff9b:1::1]', '[100::1]', '[2001::1]', '[2001:db8::1]', '[2002:7f00:1::]'],
		...['[3fff::1]', '[5f00::1]', '[fc00::1]', '[fd12::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]'],
	])('leads to %s', (host) => {
		expect(() => check(`https://${host}/hook`)).toThrow('must not lead to a private or reserved address');
	});

	test.each([
		['has a password', 'https://user:secret@example.com/', 'username or password'],
		['has a username', 'https://user@example.com/', 'username or password'],
		['has a fragment', 'https://example.com/#a', 'fragment'],
		['is unencrypted', 'http://example.com/', 'https'],
		['has another scheme', 'file:///etc/passwd', 'https'],
		['has a port of another protocol', 'https://example.com:25/', 'port'],
		['is not a URL', 'example.com', 'a URL'],
		['has a line feed in its host', 'https://8.8.8.8\n.example.com/', 'control characters'],
		['has an escape character', 'https://example.com/\x1b]0;a\x07', 'control characters'],
		['has a C1 control character', 'https://example.com/\x9b2J', 'control characters'],
		['has a character that reverses text', 'https://example.com/\u202egpj', 'invisible characters'],
		['has a soft hyphen', 'https://exam\u00adple.com/', 'invisible characters'],
		['has a backslash', 'https://8.8.8.8\\@10.0.0.1/', 'backslashes'],
		['is too long when encoded', `https://example.com/${'ä'.repeat(400)}`, 'at most 2048'],
		['has a host name that DNS can’t have', `https://${'a.'.repeat(150)}example.com/`, 'at most 253'],
		['is too long', `https://example.com/${'a'.repeat(2_048)}`, 'at most 2048'],
		['is the product’s own', 'https://app.example.com/v1/jobs', 'private or reserved'],
		['is the product’s own with a final dot', 'https://app.example.com./v1/jobs', 'private or reserved'],
	])('%s', (_, url, message) => {
		expect(() => check(url)).toThrow(message);
	});
});

test.each([
	'https://example.com/hook?a=b',
	'https://8.8.8.8/',
	'https://[2606:4700::1111]/',
	'https://example.com:8443/',
])('%s is accepted', (url) => {
	expect(check(url)).toBe(url);
});

test.each([
	['https:8.8.8.8', 'https://8.8.8.8/'],
	['https://example.com.:8443/', 'https://example.com:8443/'],
	['https://EXAMPLE.com:443/a/../ä', 'https://example.com/%C3%A4'],
])('%s becomes %s', (url, href) => {
	expect(check(url)).toBe(href);
});

test.each(['', 'localhost', 'example.com', '8.8.8', '[2606:4700::1111]'])(
	'%j is no address, so it is not allowed',
	(text) => {
		expect(isAllowedAddress(text, production)).toBe(false);
	},
);

test('networks that the operator allows may be reached, also as IPv4-mapped addresses, and blocked ones not', () => {
	const allowed = parseRanges(['127.0.0.1', '10.0.0.0/8']);
	const local = { allowed, blocked: parseRanges(['10.1.0.0/16', '9.9.9.9/32']), allowHttp: true };
	for (const host of ['127.0.0.1', '[::ffff:7f00:1]', '10.2.0.1'])
		expect(check(`http://${host}:3000/`, local)).toBe(`http://${host}:3000/`);
	for (const host of ['127.0.0.2', '10.1.0.1', '9.9.9.9', '[::1]', '[::ffff:127.0.0.2]'])
		expect(() => check(`http://${host}:3000/`, local)).toThrow('private or reserved');
});
