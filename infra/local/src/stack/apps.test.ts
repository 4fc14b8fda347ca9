import { expect, test } from '@jest/globals';
import { choosePorts, readPorts } from '../backing/ports.ts';
import { readSettings } from '../settings/settings.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { appProcesses } from './apps.ts';
import type { Scale } from './scale.ts';

const STORE = { S3_ENDPOINT: 'http://s3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k', S3_SECRET_ACCESS_KEY: 's' };
const ACCOUNT = {
	STRIPE_SECRET_KEY: 'k',
	STRIPE_WEBHOOK_SECRET: 's',
	STRIPE_API_BASE: 'http://stripe',
	STRIPE_PRICE_MONTHLY: 'm',
	STRIPE_PRICE_YEARLY: 'y',
};

const home = temporaryHome();

async function start(
	scale: Scale,
	environment: NodeJS.ProcessEnv = {},
): Promise<Record<string, ManagedProcess>> {
	const settings = readSettings({ ...environment, ...STORE, ...ACCOUNT });
	const { s3, stripe } = settings.external;
	if (!s3 || !stripe) throw new Error('no settings');
	const context = { settings, home: home(), scale, s3, stripe, databases: {}, amqpUrl: 'amqp://127.0.0.1:1' };
	const processes = await appProcesses(context);
	return Object.fromEntries(processes.map((process) => [process.name, process]));
}

test('the limit of registrations from one network is raised only where all users have the address of this machine', async () => {
	const limit = async (environment: NodeJS.ProcessEnv) =>
		(await start({ gateway: 1 }, environment)).auth?.env.REGISTRATIONS_PER_NETWORK;
	expect(await limit({})).toBe('100000');
	expect(await limit({ TRUSTED_PROXIES: '127.0.0.1' })).toBeUndefined();
	expect(await limit({ REGISTRATIONS_PER_NETWORK: '5' })).toBe('5');
});

test('users may create webhook endpoints without a verified email only where no mail can be sent, unless a setting forbids it', async () => {
	const required = async (environment: NodeJS.ProcessEnv) =>
		(await start({ gateway: 1 }, environment)).webhooks?.env.WEBHOOKS_REQUIRE_VERIFIED_EMAIL;
	expect(await required({})).toBe('false');
	expect(await required({ SMTP_URL: 'smtp://127.0.0.1' })).toBeUndefined();
	expect(await required({ WEBHOOKS_REQUIRE_VERIFIED_EMAIL: 'true' })).toBe('true');
});

test('with a certificate, origins that may send to the store and links in mails use HTTPS', async () => {
	const origins = (scheme: string) => `${scheme}://127.0.0.1:8080,${scheme}://localhost:8080`;
	const plain = await start({ gateway: 1 });
	const secure = await start({ gateway: 1 }, { TLS_CERT_FILE: '/cert.pem', TLS_KEY_FILE: '/key.pem' });
	expect(plain.files?.env.CORS_ORIGINS).toBe(origins('http'));
	expect(secure.files?.env.CORS_ORIGINS).toBe(origins('https'));
	expect(secure.auth?.env.APP_URL).toBe('https://127.0.0.1:8080');
});

test('ports.json names only processes that this start has, and keeps their ports', async () => {
	const namesOf = () => Object.keys(readPorts(home()));
	const processes = await start({ gateway: 2, auth: 2, jobs: 2 });
	expect(namesOf()).toEqual(expect.arrayContaining(['jobs-2', 'jobs-balancer', 'auth-control-balancer']));
	await choosePorts(home(), ['postgres']);
	const fewer = await start({ gateway: 1 });
	const apps = ['auth', 'files', 'jobs', 'billing', 'webhooks', 'tool-worker', 'gateway'];
	expect(namesOf().sort()).toEqual([...apps, 'auth-control', 'postgres'].sort());
	expect(fewer.jobs?.env.PORT).toBe(processes.jobs?.env.PORT);
});
