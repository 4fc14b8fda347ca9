import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';
import { LIMITS } from './limit-settings.ts';

const GOOD = {
	PORT: '8101',
	PUBLIC_PORT: '8080',
	PRIVATE_URL: 'http://127.0.0.1:8101',
	INTERNAL_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
	INTERNAL_KEYS: '{"keys":[{"kid":"gateway","kty":"EC","crv":"P-256"}]}',
	AUTH_URL: 'http://127.0.0.1:8102/',
	AUTH_CONTROL_URL: 'http://127.0.0.1:8112',
	FILES_URL: 'http://127.0.0.1:8103',
	JOBS_URL: 'http://127.0.0.1:8104',
	BILLING_URL: 'http://127.0.0.1:8105',
	WEBHOOKS_URL: 'http://127.0.0.1:8107',
};

describe('readConfig', () => {
	test('trusts no proxy and no web origin by default', () => {
		const config = readConfig(GOOD);
		expect(config.TRUSTED_PROXIES.isEmpty).toBe(true);
		expect(config.CORS_ORIGINS).toEqual([]);
	});

	test('names every wrong variable at once', () => {
		expect(() => readConfig({ ...GOOD, AUTH_URL: 'auth', PUBLIC_PORT: '99999' })).toThrow(
			/PUBLIC_PORT[\s\S]*AUTH_URL/,
		);
	});

	test.each(['https://app.example.com/', 'app.example.com', '*', 'https://a.example https://b.example'])(
		'refuses %s as a web origin',
		(origin) => {
			expect(() => readConfig({ ...GOOD, CORS_ORIGINS: origin })).toThrow(/CORS_ORIGINS/);
		},
	);

	test.each(['10.0.0.0/33', '10.0.0', 'proxy.example', '10.0.0.0/8/8', '::1/129', '10.0.0.1/'])(
		'refuses %s as a trusted proxy',
		(range) => {
			expect(() => readConfig({ ...GOOD, TRUSTED_PROXIES: range })).toThrow(/TRUSTED_PROXIES/);
		},
	);

	test('limits what clients send, by defaults or by settings', () => {
		expect(readConfig(GOOD).limits).toEqual(LIMITS);
		const { limits } = readConfig({
			...GOOD,
			HEADERS_TIMEOUT_SECONDS: '2',
			REQUEST_TIMEOUT_SECONDS: '3.5',
			KEEP_ALIVE_TIMEOUT_SECONDS: '4',
			MAX_BODY_BYTES_PER_NETWORK: '2000000',
			MAX_CONNECTIONS: '100',
			MAX_CONNECTIONS_PER_NETWORK: '10',
			ANONYMOUS_CONCURRENT_REQUESTS: '3',
			USER_REQUESTS_PER_SECOND: '5',
			USER_REQUEST_BURST: '50',
			USER_CONCURRENT_REQUESTS: '6',
			USER_CONCURRENT_LONG_POLLS: '7',
		});
		expect(limits).toMatchObject({
			anonymousConcurrentRequests: 3,
			userRequestsPerSecond: 5,
			userRequestBurst: 50,
			userConcurrentRequests: 6,
			userConcurrentLongPolls: 7,
			headersTimeoutMs: 2_000,
			requestTimeoutMs: 3_500,
			keepAliveMs: 4_000,
			maxBodyBytesPerNetwork: 2_000_000,
			connections: 100,
			maxConnectionsPerNetwork: 10,
		});
	});

	test.each([
		['MAX_BODY_BYTES_PER_NETWORK', '1000'],
		['MAX_CONNECTIONS', '0'],
		['MAX_CONNECTIONS_PER_NETWORK', 'many'],
		['HEADERS_TIMEOUT_SECONDS', '0'],
		['REQUEST_TIMEOUT_SECONDS', '5'],
		['TLS_CERT_FILE', '/certificate.pem'],
	])('refuses %s=%s', (name, value) => {
		expect(() => readConfig({ ...GOOD, [name]: value })).toThrow(new RegExp(name));
	});
});
