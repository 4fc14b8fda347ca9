import { describe, expect, test } from '@jest/globals';
import { readSettings } from './settings.ts';

const external = (environment: NodeJS.ProcessEnv) => readSettings(environment).external;
const databases = {
	AUTH_DATABASE_URL: 'postgres://pooler/a',
	AUTH_DATABASE_DIRECT_URL: 'postgres://server/a',
	FILES_DATABASE_URL: 'postgres://f',
	JOBS_DATABASE_URL: 'postgres://j',
	BILLING_DATABASE_URL: 'postgres://b',
	WEBHOOKS_DATABASE_URL: 'postgres://w',
};
const store = {
	S3_ENDPOINT: 'http://s3:9000',
	S3_BUCKET: 'b',
	S3_ACCESS_KEY_ID: 'k',
	S3_SECRET_ACCESS_KEY: 's',
};
const account = {
	STRIPE_SECRET_KEY: 'sk',
	STRIPE_WEBHOOK_SECRET: 'whsec',
	STRIPE_PRICE_MONTHLY: 'price_m',
	STRIPE_PRICE_YEARLY: 'price_y',
};

describe('readSettings', () => {
	test('uses port 8080 and no external server when nothing is set, or values are empty', () => {
		for (const environment of [{}, { GATEWAY_PORT: '', AMQP_URL: '' }]) {
			const settings = readSettings(environment);
			expect(settings.gatewayPort).toBe(8080);
			expect(Object.values(settings.external).filter(Boolean)).toEqual([]);
		}
	});

	test('names every wrong variable at once', () => {
		const wrong = { GATEWAY_PORT: 'http', S3_FORCE_PATH_STYLE: 'yes' };
		expect(() => readSettings(wrong)).toThrow(/GATEWAY_PORT.*S3_FORCE_PATH_STYLE/);
	});

	test('passes on databases, a store and an account that are set, with defaults', () => {
		expect(external(databases).databases).toEqual(databases);
		const defaults = { S3_REGION: 'us-east-1', S3_FORCE_PATH_STYLE: 'true' };
		expect(external(store).s3).toEqual({ ...store, ...defaults, S3_PUBLIC_ENDPOINT: store.S3_ENDPOINT });
		expect(external(account).stripe).toEqual({ ...account, STRIPE_API_BASE: 'https://api.stripe.com' });
	});

	test.each([
		[
			{ FILES_DATABASE_URL: 'postgres://f' },
			'AUTH_DATABASE_URL, JOBS_DATABASE_URL, BILLING_DATABASE_URL, WEBHOOKS_DATABASE_URL',
		],
		[{ S3_ENDPOINT: 'https://s3.test', S3_BUCKET: 'b' }, 'S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY'],
		[{ S3_PUBLIC_ENDPOINT: 'https://files.test' }, 'S3_ENDPOINT, S3_BUCKET'],
		[{ STRIPE_SECRET_KEY: 'sk', STRIPE_PRICE_YEARLY: 'y' }, 'STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_MONTHLY'],
	])('names what is missing beside %j', (environment, missing) => {
		expect(() => readSettings(environment)).toThrow(`also set ${missing}`);
	});
});
