import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';

const GOOD = {
	PORT: '8101',
	PUBLIC_PORT: '8080',
	PRIVATE_URL: 'http://127.0.0.1:8101',
	INTERNAL_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
	INTERNAL_KEYS: '{"keys":[{"kid":"gateway","kty":"EC","crv":"P-256"}]}',
	AUTH_URL: 'http://127.0.0.1:8102/',
	FILES_URL: 'http://127.0.0.1:8103',
	JOBS_URL: 'http://127.0.0.1:8104',
	BILLING_URL: 'http://127.0.0.1:8105',
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
});
