import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';

const env = {
	NODE_ENV: 'production',
	PORT: '4001',
	CONTROL_PORT: '4002',
	INTERNAL_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
	INTERNAL_KEYS: '{"keys":[{"kid":"gateway","kty":"EC","crv":"P-256"}]}',
	AUTH_DATABASE_URL: 'postgresql://auth@127.0.0.1/auth',
	AMQP_URL: 'amqp://127.0.0.1',
	AUTH_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
	APP_URL: 'https://app.example.com',
	SMTP_URL: 'smtps://user:password@smtp.example.com:465',
};

describe('the configuration', () => {
	test('has defaults for production', () => {
		const config = readConfig(env);
		expect(config).toMatchObject({
			BCRYPT_COST: 12,
			TOKEN_TTL_SECONDS: 604_800,
			LOGIN_FAILURES_PER_ACCOUNT: 5,
			LOGIN_FAILURES_PER_NETWORK: 50,
		});
		expect(config.AUTH_KEY_ENCRYPTION_KEY).toHaveLength(32);
	});

	test('hashes passwords on all cores except one by default', () => {
		const allButOne = Math.max(1, availableParallelism() - 1);
		expect(readConfig(env).BCRYPT_CONCURRENCY).toBe(allButOne);
		expect(readConfig({ ...env, BCRYPT_CONCURRENCY: '9' }).BCRYPT_CONCURRENCY).toBe(9);
	});

	test('requires a mail server in production', () => {
		const files = { ...env, SMTP_URL: undefined, MAIL_DIR: '/tmp/mail' };
		expect(() => readConfig(files)).toThrow(/SMTP_URL: must be set in production/);
		expect(readConfig({ ...files, NODE_ENV: 'development' }).MAIL_DIR).toBe('/tmp/mail');
		expect(() => readConfig({ ...env, SMTP_URL: undefined, NODE_ENV: 'test' })).toThrow('MAIL_DIR');
	});

	test('refuses a low cost in production', () => {
		expect(() => readConfig({ ...env, BCRYPT_COST: '9' })).toThrow('BCRYPT_COST');
		expect(readConfig({ ...env, NODE_ENV: 'test', BCRYPT_COST: '4' }).BCRYPT_COST).toBe(4);
	});

	test.each([
		['AUTH_KEY_ENCRYPTION_KEY', randomBytes(31).toString('base64')],
		['AUTH_KEY_ENCRYPTION_KEY', 'not base64!'],
		['AUTH_DATABASE_URL', 'mysql://127.0.0.1/auth'],
		['AMQP_URL', 'http://127.0.0.1'],
		['SMTP_URL', 'https://user:secret@127.0.0.1'],
		['APP_URL', 'app.example.com'],
		['GATEWAY_LEASE_MS', '15001'],
		['GATEWAY_LEASE_MS', '1000'],
		['TOKEN_TTL_SECONDS', '0'],
	])('names %s when it is %p, without its value', (name, value) => {
		const load = () => readConfig({ ...env, [name]: value });
		expect(load).toThrow(name);
		expect(load).not.toThrow(value);
	});

	test('names every wrong variable', () => {
		expect(() => readConfig({ ...env, AMQP_URL: undefined, BCRYPT_COST: 'x' })).toThrow(
			/AMQP_URL[\s\S]*BCRYPT_COST/,
		);
	});
});
