import { describe, expect, test } from '@jest/globals';
import { headersForService, headersFromService } from './forwarded-headers.ts';

const context = { identity: 'signed', requestId: 'req_1', clientAddress: '1.2.3.4' };

describe('headersForService', () => {
	test.each([
		'x-creatorr-identity',
		'x_creatorr_identity',
		'x-request-id',
		'x_request_id',
		'x-forwarded-for',
		'x-forwarded-host',
		'x_forwarded_host',
		'forwarded',
		'x-real-ip',
		'x-user-id',
		'x_user_id',
		'authorization',
		'cookie',
		'host',
		'connection',
		'upgrade',
		'te',
		'expect',
		'proxy-authorization',
	])('never forwards a client’s %s', (name) => {
		const headers = headersForService({ [name]: 'forged' }, context);
		expect(Object.values(headers)).not.toContain('forged');
	});

	test('adds the identity, the request id and the client’s address', () => {
		expect(headersForService({}, context)).toEqual({
			'x-creatorr-identity': 'signed',
			'x-request-id': 'req_1',
			'x-forwarded-for': '1.2.3.4',
		});
	});

	test('forwards the headers of the body and the idempotency key', () => {
		const clientHeaders = {
			'content-type': 'application/json',
			'content-length': '2',
			'content-encoding': 'gzip',
			'idempotency-key': 'a',
			'user-agent': 'curl',
		};
		expect(headersForService(clientHeaders, context)).toMatchObject(clientHeaders);
	});

	test('keeps a chunked body chunked, because a DELETE without framing would become two requests', () => {
		const headers = headersForService({ 'transfer-encoding': 'Chunked' }, context);
		expect(headers['transfer-encoding']).toBe('chunked');
	});
});

describe('headersFromService', () => {
	test('drops unknown headers', () => {
		const serviceHeaders = {
			'content-type': 'application/json',
			'content-length': '2',
			'retry-after': '3',
			'idempotency-replayed': 'true',
			'www-authenticate': 'Bearer error="insufficient_scope"',
			'set-cookie': ['a=b'],
			'x-powered-by': 'Express',
			server: 'x',
			'x-request-id': 'req_other',
			'keep-alive': 'timeout=5',
		};
		expect(headersFromService(serviceHeaders)).toEqual([
			'content-type',
			'application/json',
			'content-length',
			'2',
			'retry-after',
			'3',
			'idempotency-replayed',
			'true',
			'www-authenticate',
			'Bearer error="insufficient_scope"',
		]);
	});
});
