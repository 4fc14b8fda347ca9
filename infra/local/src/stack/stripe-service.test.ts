import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadSecrets } from '../backing/secrets.ts';
import { type Home, openHome } from '../supervisor/home.ts';
import { readSettings } from './settings.ts';
import { stripeService } from './stripe-service.ts';

let home: Home;
beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-stripe-service-')));
});
afterEach(() => rmSync(home.root, { recursive: true }));

const service = (environment: NodeJS.ProcessEnv) =>
	stripeService(readSettings(environment, []), { home, secrets: loadSecrets(home) });

test('without an account one of ours is started, and described for its owner alone', async () => {
	const { steps, settings } = await service({ GATEWAY_PORT: '8081' });
	expect(steps).toMatchObject([
		{ name: 'stripe', env: { WEBHOOK_URL: 'http://127.0.0.1:8081/v1/billing/webhook' } },
	]);
	const path = join(home.root, 'stripe.json');
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
		api_base: settings.apiBase,
		secret_key: settings.secretKey,
		webhook_secret: settings.webhookSecret,
		price_monthly: settings.priceMonthly,
		price_yearly: settings.priceYearly,
	});
});

test('its events go to where the gateway serves HTTPS', async () => {
	const { steps } = await service({ TLS_CERT_FILE: '/cert.pem', TLS_KEY_FILE: '/key.pem' });
	expect(steps).toMatchObject([{ env: { WEBHOOK_URL: 'https://127.0.0.1:8080/v1/billing/webhook' } }]);
});

test('with an account of the person none is started, and none is described any more', async () => {
	await service({});
	const { steps, settings } = await service({
		STRIPE_SECRET_KEY: 'sk',
		STRIPE_WEBHOOK_SECRET: 'whsec',
		STRIPE_PRICE_MONTHLY: 'price_m',
		STRIPE_PRICE_YEARLY: 'price_y',
	});
	expect(steps).toEqual([]);
	expect(settings.secretKey).toBe('sk');
	expect(existsSync(join(home.root, 'stripe.json'))).toBe(false);
});
