import { ConfigError, loadConfig } from '@creatorr/service/config';
import { expect, test } from '@jest/globals';
import { configSchema } from './config.ts';

test('billing does not start without its Stripe settings, and names each', () => {
	const load = () => loadConfig(configSchema, {});
	expect(load).toThrow(ConfigError);
	for (const name of ['SECRET_KEY', 'WEBHOOK_SECRET', 'PRICE_MONTHLY', 'PRICE_YEARLY']) {
		expect(load).toThrow(`STRIPE_${name}`);
	}
});
