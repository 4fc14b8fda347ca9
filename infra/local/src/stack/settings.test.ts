import { describe, expect, test } from '@jest/globals';
import { readSettings } from './settings.ts';

const owners = ['auth', 'files', 'jobs'] as const;
const read = (environment: NodeJS.ProcessEnv) => readSettings(environment, [...owners]);

describe('readSettings', () => {
	test('starts everything itself, on port 8080 and in .local, when nothing is set', () => {
		const settings = read({});
		expect(settings.gatewayPort).toBe(8080);
		expect(settings.homePath).toMatch(/\/\.local$/);
		expect(settings.external).toEqual({
			databases: undefined,
			amqpUrl: undefined,
			s3: undefined,
			stripe: undefined,
		});
	});

	test('takes a variable that is set to nothing for one that is not set', () => {
		expect(read({ GATEWAY_PORT: '', AMQP_URL: '' }).external.amqpUrl).toBeUndefined();
	});

	test('names every wrong variable at once', () => {
		expect(() => read({ GATEWAY_PORT: 'http', S3_FORCE_PATH_STYLE: 'yes' })).toThrow(
			/GATEWAY_PORT.*S3_FORCE_PATH_STYLE/,
		);
	});

	test('uses databases that are given for every service', () => {
		const urls = {
			AUTH_DATABASE_URL: 'postgres://a',
			FILES_DATABASE_URL: 'postgres://f',
			JOBS_DATABASE_URL: 'postgres://j',
		};
		expect(read(urls).external.databases).toEqual({
			auth: { url: 'postgres://a' },
			files: { url: 'postgres://f' },
			jobs: { url: 'postgres://j' },
		});
	});

	test('takes a direct URL for a database behind a pooler', () => {
		const urls = {
			AUTH_DATABASE_URL: 'postgres://pooler/a',
			AUTH_DATABASE_DIRECT_URL: 'postgres://server/a',
			FILES_DATABASE_URL: 'postgres://f',
			JOBS_DATABASE_URL: 'postgres://j',
		};
		expect(read(urls).external.databases?.auth).toEqual({
			url: 'postgres://pooler/a',
			directUrl: 'postgres://server/a',
		});
	});

	test('names the databases that are missing when some are given', () => {
		expect(() => read({ FILES_DATABASE_URL: 'postgres://f' })).toThrow(
			'also set AUTH_DATABASE_URL, JOBS_DATABASE_URL',
		);
	});

	test('names what is missing of a store', () => {
		expect(() => read({ S3_ENDPOINT: 'https://s3.test', S3_BUCKET: 'b' })).toThrow(
			'also set S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY',
		);
	});

	test('does not pass over a store that is given without its address', () => {
		expect(() => read({ S3_PUBLIC_ENDPOINT: 'https://files.test' })).toThrow(/set S3_ENDPOINT, S3_BUCKET/);
	});

	test('uses a Stripe account that is given, at Stripe unless it is elsewhere', () => {
		const account = {
			STRIPE_SECRET_KEY: 'sk',
			STRIPE_WEBHOOK_SECRET: 'whsec',
			STRIPE_PRICE_MONTHLY: 'price_m',
			STRIPE_PRICE_YEARLY: 'price_y',
		};
		const { stripe } = read(account).external;
		expect(stripe).toMatchObject({
			apiBase: 'https://api.stripe.com',
			secretKey: 'sk',
			priceYearly: 'price_y',
		});
		const elsewhere = read({ ...account, STRIPE_API_BASE: 'http://127.0.0.1:1234' }).external.stripe;
		expect(elsewhere?.apiBase).toBe('http://127.0.0.1:1234');
	});

	test('names what is missing of a Stripe account', () => {
		expect(() => read({ STRIPE_SECRET_KEY: 'sk', STRIPE_PRICE_YEARLY: 'price_y' })).toThrow(
			'also set STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_MONTHLY',
		);
	});

	test('shows clients the endpoint of the services unless they see another', () => {
		const store = {
			S3_ENDPOINT: 'http://s3:9000',
			S3_BUCKET: 'b',
			S3_ACCESS_KEY_ID: 'k',
			S3_SECRET_ACCESS_KEY: 's',
		};
		expect(read(store).external.s3?.publicEndpoint).toBe('http://s3:9000');
		const seen = { ...store, S3_PUBLIC_ENDPOINT: 'https://files.test' };
		expect(read(seen).external.s3?.publicEndpoint).toBe('https://files.test');
	});
});
