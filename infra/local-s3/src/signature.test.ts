import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { type Refusal, refusalOf } from './signature.ts';

/*
 * Examples that AWS publishes with their signatures, in "Authenticating Requests (AWS Signature Version 4)". The tests of packages/storage
 * send what the AWS SDK signs, and what a client can change: another key, method, header or secret, an expired URL, no signature.
 */
const CREDENTIALS = {
	accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
	secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const SIGNED_AT = new Date('2013-05-24T00:00:00Z');
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';
const CREDENTIAL = `${CREDENTIALS.accessKeyId}/20130524/us-east-1/s3/aws4_request`;

type Request = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

const PRESIGNED_QUERY = [
	'X-Amz-Algorithm=AWS4-HMAC-SHA256',
	`X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}`,
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
		authorization: `AWS4-HMAC-SHA256 ${[
			`Credential=${CREDENTIAL}`,
			'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date',
			'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
		].join(',')}`,
	},
};

const check = (request: Request, { now = SIGNED_AT } = {}) =>
	refusalOf(request as IncomingMessage, CREDENTIALS, now);

const later = (seconds: number) => new Date(SIGNED_AT.getTime() + seconds * 1_000);

describe('a request is accepted', () => {
	test.each<[string, Request]>([
		['with its signature in the URL', PRESIGNED],
		['with its signature in a header, and a range', RANGE],
	])('%s', (_, request) => {
		expect(check(request)).toBeNull();
	});

	test('until its URL expires, to the second', () => {
		expect(check(PRESIGNED, { now: later(86_400) })).toBeNull();
		expect(check(PRESIGNED, { now: later(86_401) })).toBe('AccessDenied');
	});

	test('when clocks differ by 15 minutes, and not by more', () => {
		for (const seconds of [-900, 900]) expect(check(RANGE, { now: later(seconds) })).toBeNull();
		for (const seconds of [-901, 901])
			expect(check(RANGE, { now: later(seconds) })).toBe('RequestTimeTooSkewed');
		expect(check(PRESIGNED, { now: later(-900) })).toBeNull();
		expect(check(PRESIGNED, { now: later(-901) })).toBe('AccessDenied');
	});
});

const inUrl = (from: string, to: string): Request => ({
	...PRESIGNED,
	url: (PRESIGNED.url ?? '').replace(from, to),
});
const withHeaders = (request: Request, headers: Request['headers']): Request => ({
	...request,
	headers: { ...request.headers, ...headers },
});

describe('a request is refused', () => {
	test.each<[string, Request, Refusal]>([
		[
			'with a signature in the URL and one in a header',
			withHeaders(PRESIGNED, { authorization: RANGE.headers.authorization }),
			'AccessDenied',
		],
		['with another algorithm', inUrl('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), 'AccessDenied'],
		['without the names of signed headers', inUrl('&X-Amz-SignedHeaders=host', ''), 'AccessDenied'],
		['with an unknown access key', inUrl(CREDENTIALS.accessKeyId, 'AKIAOTHER'), 'InvalidAccessKeyId'],
		['for another host', withHeaders(PRESIGNED, { host: 'other.example' }), 'SignatureDoesNotMatch'],
		[
			'with another hash of the payload',
			withHeaders(RANGE, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
			'SignatureDoesNotMatch',
		],
		['with a signature that is too short', inUrl('f604d404', ''), 'SignatureDoesNotMatch'],
		['without a signature of its host', inUrl('SignedHeaders=host', 'SignedHeaders=range'), 'AccessDenied'],
		['when it expires after more than 7 days', inUrl('Expires=86400', 'Expires=604801'), 'AccessDenied'],
		['without a number of seconds', inUrl('Expires=86400', 'Expires=x'), 'AccessDenied'],
		['without a valid date', inUrl('20130524T000000Z', 'yesterday'), 'AccessDenied'],
		['of another region', inUrl('%2Fus-east-1%2F', '%2Feu-central-1%2F'), 'SignatureDoesNotMatch'],
		['with the key of another day', inUrl('%2F20130524%2F', '%2F20130523%2F'), 'SignatureDoesNotMatch'],
		[
			'with another region in a header',
			withHeaders(RANGE, {
				authorization: RANGE.headers.authorization?.replace('us-east-1', 'eu-central-1'),
			}),
			'SignatureDoesNotMatch',
		],
	])('%s', (_, request, refusal) => {
		expect(check(request)).toBe(refusal);
	});
});
