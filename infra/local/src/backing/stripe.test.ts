import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSettings } from '../settings/settings.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { stripeService } from './stripe.ts';

const home = temporaryHome();
const description = () => join(home().root, 'stripe.json');

const service = (environment: NodeJS.ProcessEnv) => stripeService(readSettings(environment), home());

test('events go to HTTPS when the gateway has a certificate', async () => {
	const { steps } = await service({ TLS_CERT_FILE: '/cert.pem', TLS_KEY_FILE: '/key.pem' });
	expect(steps).toMatchObject([{ env: { WEBHOOK_URL: 'https://127.0.0.1:8080/v1/billing/webhook' } }]);
});

test('with a Stripe account no local server is started, and its keys are removed', async () => {
	await service({});
	const account = { STRIPE_SECRET_KEY: 'sk', STRIPE_WEBHOOK_SECRET: 'whsec' };
	const prices = { STRIPE_PRICE_MONTHLY: 'price_m', STRIPE_PRICE_YEARLY: 'price_y' };
	const { steps, variables } = await service({ ...account, ...prices });
	expect(steps).toEqual([]);
	expect(variables).toMatchObject({ ...account, ...prices });
	expect(existsSync(description())).toBe(false);
});
