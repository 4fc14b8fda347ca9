import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { type Refusal, refusalOf } from './signature.ts';

/** The examples that AWS publishes with their signatures: "Authenticating Requests (AWS Signature Version 4)". */
const CREDENTIALS = {
	region: 'us-east-1',
	accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
	secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const SIGNED_AT = new Date('2013-05-24T00:00:00Z');
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';
const SCOPE = '20130524/us-east-1/s3/aws4_request';

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

function inHeader(signedHeaders: string, signature: string): string {
	const credential = `${CREDENTIALS.accessKeyId}/${SCOPE}`;
	return `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

const PRESIGNED_QUERY = [
	'X-Amz-Algorithm=AWS4-HMAC-SHA256',
	`X-Amz-Credential=${encodeURIComponent(`${CREDENTIALS.accessKeyId}/${SCOPE}`)}`,
	'X-Amz-Date=20130524T000000Z',
	'X-Amz-Expires=86400',
	'X-Amz-SignedHeaders=host',
	'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
].join('&');

const PRESIGNED: Request = { method: 'GET', url: `/test.txt?${PRESIGNED_QUERY}`, headers: { host: HOST } };

const RANGE: Request = {
	method: 'GET',
	url: '/test.txt',
	headers: {
		host: HOST,
		range: 'bytes=0-9',
		'x-amz-content-sha256': EMPTY_SHA256,
		'x-amz-date': '20130524T000000Z',
		authorization: inHeader(
			'host;range;x-amz-content-sha256;x-amz-date',
			'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
		),
	},
};

const PUT: Request = {
	method: 'PUT',
	url: '/test%24file.text',
	headers: {
		host: HOST,
		date: 'Fri, 24 May 2013 00:00:00 GMT',
		'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
		'x-amz-date': '20130524T000000Z',
		'x-amz-storage-class': 'REDUCED_REDUNDANCY',
		authorization: inHeader(
			'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
			'98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
		),
	},
};

const plain = (url: string, signature: string): Request => ({
	method: 'GET',
	url,
	headers: {
		host: HOST,
		'x-amz-content-sha256': EMPTY_SHA256,
		'x-amz-date': '20130524T000000Z',
		authorization: inHeader('host;x-amz-content-sha256;x-amz-date', signature),
	},
});

const LIFECYCLE = plain('/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
const LIST = plain(
	'/?max-keys=2&prefix=J',
	'34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
);

const check = (request: Request, { now = SIGNED_AT, credentials = CREDENTIALS } = {}) =>
	refusalOf(request as IncomingMessage, credentials, now);

const later = (seconds: number) => new Date(SIGNED_AT.getTime() + seconds * 1_000);

describe('a request is let in', () => {
	test.each<[string, Request]>([
		['with its signature in the URL', PRESIGNED],
		['with its signature in a header, and a range', RANGE],
		['that writes, with a name that has to be encoded', PUT],
		['whose query has a name and no value', LIFECYCLE],
		['whose query has several values', LIST],
	])('%s', (_, request) => {
		expect(check(request)).toBeNull();
	});

	test('whatever the order of its query', () => {
		const [path = '', query = ''] = LIST.url?.split('?') ?? [];
		expect(check({ ...LIST, url: `${path}?${query.split('&').toReversed().join('&')}` })).toBeNull();
	});

	test('until its URL expires, to the second', () => {
		expect(check(PRESIGNED, { now: later(86_400) })).toBeNull();
	});

	test('by a clock that is a quarter of an hour off', () => {
		for (const seconds of [-900, 900]) expect(check(RANGE, { now: later(seconds) })).toBeNull();
		expect(check(PRESIGNED, { now: later(-900) })).toBeNull();
	});
});

const inUrl = (from: string | RegExp, to: string): Request => ({
	...PRESIGNED,
	url: (PRESIGNED.url ?? '').replace(from, to),
});
const withHeaders = (request: Request, headers: Request['headers']): Request => ({
	...request,
	headers: { ...request.headers, ...headers },
});

describe('a request is refused', () => {
	test.each<[string, Request, Refusal]>([
		['without a signature', { ...PRESIGNED, url: '/test.txt' }, 'AccessDenied'],
		[
			'with one in the URL and one in a header',
			withHeaders(PRESIGNED, { authorization: RANGE.headers.authorization }),
			'AccessDenied',
		],
		['by another algorithm', inUrl('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), 'AccessDenied'],
		['that leaves out a part of the claim', inUrl('&X-Amz-SignedHeaders=host', ''), 'AccessDenied'],
		['of an unknown key', inUrl(CREDENTIALS.accessKeyId, 'AKIAOTHER'), 'InvalidAccessKeyId'],
		['for another object', inUrl('/test.txt', '/test2.txt'), 'SignatureDoesNotMatch'],
		['with a query that was not signed', inUrl('?', '?versionId=1&'), 'SignatureDoesNotMatch'],
		['by another method', { ...PRESIGNED, method: 'DELETE' }, 'SignatureDoesNotMatch'],
		['for another host', withHeaders(PRESIGNED, { host: 'other.example' }), 'SignatureDoesNotMatch'],
		['whose signed header was changed', withHeaders(RANGE, { range: 'bytes=0-99' }), 'SignatureDoesNotMatch'],
		[
			'whose payload is said to be another',
			withHeaders(RANGE, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
			'SignatureDoesNotMatch',
		],
		['with a signature that is too short', inUrl('f604d404', ''), 'SignatureDoesNotMatch'],
		[
			'with an x-amz header that nobody signed',
			withHeaders(PRESIGNED, { 'x-amz-copy-source': '/other/object' }),
			'AccessDenied',
		],
		['that does not sign its host', inUrl('SignedHeaders=host', 'SignedHeaders=range'), 'AccessDenied'],
		['for longer than seven days', inUrl('Expires=86400', 'Expires=604801'), 'AccessDenied'],
		['for no number of seconds', inUrl('Expires=86400', 'Expires=x'), 'AccessDenied'],
		['at no time', inUrl('20130524T000000Z', 'yesterday'), 'AccessDenied'],
		[
			'signed on another day than its key',
			inUrl('%2F20130524%2F', '%2F20130523%2F'),
			'SignatureDoesNotMatch',
		],
	])('%s', (_, request, refusal) => {
		expect(check(request)).toBe(refusal);
	});

	test('after its URL has expired, and long before it was signed', () => {
		expect(check(PRESIGNED, { now: later(86_401) })).toBe('AccessDenied');
		expect(check(PRESIGNED, { now: later(-901) })).toBe('AccessDenied');
	});

	test('in a header, for longer than clocks may differ', () => {
		for (const seconds of [-901, 901]) {
			expect(check(RANGE, { now: later(seconds) })).toBe('RequestTimeTooSkewed');
		}
	});

	test('under another secret', () => {
		const credentials = { ...CREDENTIALS, secretAccessKey: 'other' };
		expect(check(PRESIGNED, { credentials })).toBe('SignatureDoesNotMatch');
	});

	test('signed for another region, though with our secret', () => {
		const credentials = { ...CREDENTIALS, region: 'eu-central-1' };
		expect(check(PRESIGNED, { credentials })).toBe('SignatureDoesNotMatch');
	});
});
