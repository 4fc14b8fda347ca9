import { ConfigError, loadConfig } from '@creatorr/service/config';
import { expect, test } from '@jest/globals';
import { configSchema } from './config.ts';

const GOOD = {
	PORT: '8000',
	INTERNAL_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
	INTERNAL_KEYS: JSON.stringify({ keys: [{ kid: 'gateway', kty: 'EC', crv: 'P-256' }] }),
	FILES_DATABASE_URL: 'postgres://files@localhost/files',
	AMQP_URL: 'amqp://localhost',
	S3_ENDPOINT: 'http://localhost:9000/',
	S3_REGION: 'auto',
	S3_BUCKET: 'files',
	S3_ACCESS_KEY_ID: 'id',
	S3_SECRET_ACCESS_KEY: 'secret',
};

test('the durations of the contract are the defaults', () => {
	expect(loadConfig(configSchema, GOOD)).toMatchObject({
		SINGLE_PUT_LIMIT_BYTES: 5_000_000_000,
		PUT_URL_TTL_SECONDS: 3_600,
		PART_URL_TTL_SECONDS: 86_400,
		DOWNLOAD_URL_TTL_SECONDS: 3_600,
		ABANDONED_UPLOAD_HOURS: 24,
		PLANS: { free: { retentionHours: 24 }, pro: { retentionHours: 720 } },
		CORS_ORIGINS: [],
	});
});

test('every wrong variable is named at once, and no value', () => {
	const wrong = {
		...GOOD,
		FILES_DATABASE_URL: 'mysql://secret',
		S3_ENDPOINT: 'ftp://secret',
		S3_BUCKET: '',
		CORS_ORIGINS: 'https://a.example, https://a.example/secret',
		SINGLE_PUT_LIMIT_BYTES: String(5 * 1024 ** 3),
		PUT_URL_TTL_SECONDS: String(8 * 24 * 3_600),
		PLANS: JSON.stringify({ free: { maxStoredBytes: 10 * 1024 ** 3 - 1 } }),
	};
	const load = () => loadConfig(configSchema, wrong);
	expect(load).toThrow(ConfigError);
	for (const name of [
		'FILES_DATABASE_URL',
		'S3_ENDPOINT',
		'S3_BUCKET',
		'CORS_ORIGINS',
		'SINGLE_PUT_LIMIT_BYTES',
		'PUT_URL_TTL_SECONDS',
		'PLANS',
	]) {
		expect(load).toThrow(name);
	}
	expect(load).not.toThrow('secret');
});

test('ORPHAN_HOURS must cover the time of an upload', () => {
	const load = (hours: string) => loadConfig(configSchema, { ...GOOD, ORPHAN_HOURS: hours });
	expect(() => load('29')).toThrow('ORPHAN_HOURS');
	expect(load('30').ORPHAN_HOURS).toBe(30);
});
