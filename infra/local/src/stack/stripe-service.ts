import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRICE_IDS } from '@creatorr/local-stripe/catalogue';
import { choosePorts } from '../backing/ports.ts';
import type { Secrets } from '../backing/secrets.ts';
import { stripeProcess, stripeUrl } from '../backing/stripe.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { gatewayUrl } from './gateway-url.ts';
import type { Settings, StripeSettings } from './settings.ts';

/** Where events come in, at the gateway. */
const WEBHOOK_PATH = '/v1/billing/webhook';

/**
 * Stripe: the person's account, or one of ours on this machine, whose address and keys are then in `stripe.json` for
 * whoever wants to talk to it.
 */
export async function stripeService(
	{ environment, external, gatewayPort }: Pick<Settings, 'environment' | 'external' | 'gatewayPort'>,
	{ home, secrets }: { home: Home; secrets: Secrets },
): Promise<{ steps: Step[]; settings: StripeSettings }> {
	const path = join(home.root, 'stripe.json');
	if (external.stripe !== undefined) {
		rmSync(path, { force: true });
		return { steps: [], settings: external.stripe };
	}
	const { stripe: port } = await choosePorts(home, ['stripe']);
	const { stripeSecretKey: secretKey, stripeWebhookSecret: webhookSecret } = secrets;
	const settings: StripeSettings = {
		apiBase: stripeUrl(port),
		secretKey,
		webhookSecret,
		priceMonthly: PRICE_IDS.monthly,
		priceYearly: PRICE_IDS.yearly,
	};
	describeStripe(path, settings);
	const webhookUrl = gatewayUrl(environment, gatewayPort) + WEBHOOK_PATH;
	return { steps: [stripeProcess({ home, port, secretKey, webhookSecret, webhookUrl })], settings };
}

function describeStripe(path: string, settings: StripeSettings): void {
	const described = {
		api_base: settings.apiBase,
		secret_key: settings.secretKey,
		webhook_secret: settings.webhookSecret,
		price_monthly: settings.priceMonthly,
		price_yearly: settings.priceYearly,
	};
	// through a second name, so that nobody ever reads half a file
	writeFileSync(`${path}.new`, `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
	renameSync(`${path}.new`, path);
}
