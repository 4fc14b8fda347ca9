import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRICE_IDS } from '@creatorr/local-stripe/catalog';
import { gatewayUrl, type Settings, type StripeVariables } from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './checks.ts';
import { choosePorts } from './ports.ts';
import { loadSecrets } from './secrets.ts';

const WEBHOOK_PATH = '/v1/billing/webhook';

/** Returns the configured Stripe account, or a local stand-in whose address and keys are written to `stripe.json`. */
export async function stripeService(
	{ environment, external, gatewayPort }: Pick<Settings, 'environment' | 'external' | 'gatewayPort'>,
	home: Home,
): Promise<{ steps: Step[]; variables: StripeVariables }> {
	const description = join(home.root, 'stripe.json');
	if (external.stripe !== undefined) {
		rmSync(description, { force: true });
		return { steps: [], variables: external.stripe };
	}
	const { stripe: port } = await choosePorts(home, ['stripe']);
	const { stripeSecretKey, stripeWebhookSecret } = loadSecrets(home);
	const variables = {
		STRIPE_API_BASE: `http://127.0.0.1:${port}`,
		STRIPE_SECRET_KEY: stripeSecretKey,
		STRIPE_WEBHOOK_SECRET: stripeWebhookSecret,
		STRIPE_PRICE_MONTHLY: PRICE_IDS.monthly,
		STRIPE_PRICE_YEARLY: PRICE_IDS.yearly,
	};
	describeStripe(description, variables);
	const webhookUrl = gatewayUrl(environment, gatewayPort) + WEBHOOK_PATH;
	const directory = join(home.data, 'stripe');
	mkdirSync(directory, { recursive: true, mode: 0o700 });
	const step: Step = {
		kind: 'process',
		name: 'stripe',
		dependsOn: [],
		command: [process.execPath, join(import.meta.dirname, '../../../local-stripe/src/main.ts')],
		env: {
			...baseEnvironment(),
			PORT: String(port),
			STATE_FILE: join(directory, 'state.db'),
			SECRET_KEY: stripeSecretKey,
			WEBHOOK_SECRET: stripeWebhookSecret,
			WEBHOOK_URL: webhookUrl,
			// the gateway's certificate is for its public name, and this is loopback
			...(webhookUrl.startsWith('https:') && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
		},
		checkReady: () => checkHttp(`${variables.STRIPE_API_BASE}/_control/health`),
	};
	return { steps: [step], variables };
}

/** Writes the variables under the names `api_base`, `secret_key`, … */
function describeStripe(path: string, variables: StripeVariables): void {
	const description = Object.fromEntries(
		Object.entries(variables).map(([name, value]) => [name.replace('STRIPE_', '').toLowerCase(), value]),
	);
	// under another name first, so that a reader never sees half a file
	writeFileSync(`${path}.new`, `${JSON.stringify(description, null, 2)}\n`, { mode: 0o600 });
	renameSync(`${path}.new`, path);
}
