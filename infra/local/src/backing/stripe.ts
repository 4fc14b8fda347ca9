import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { baseEnvironment } from './base-environment.ts';
import { checkHttp } from './check-http.ts';

type StripeServerOptions = {
	home: Home;
	port: number;
	secretKey: string;
	webhookSecret: string;
	/** Where its events go. */
	webhookUrl: string;
};

export function stripeUrl(port: number): string {
	return `http://127.0.0.1:${port}`;
}

/** The local Stripe of this home. */
export function stripeProcess(options: StripeServerOptions): ManagedProcess {
	const directory = join(options.home.data, 'stripe');
	mkdirSync(directory, { recursive: true, mode: 0o700 });
	return {
		kind: 'process',
		name: 'stripe',
		dependsOn: [],
		command: [process.execPath, join(import.meta.dirname, '../../../local-stripe/src/main.ts')],
		env: {
			...baseEnvironment(process.env),
			PORT: String(options.port),
			STATE_FILE: join(directory, 'state.db'),
			SECRET_KEY: options.secretKey,
			WEBHOOK_SECRET: options.webhookSecret,
			WEBHOOK_URL: options.webhookUrl,
			// its certificate is for the name that people use, and this is loopback
			...(options.webhookUrl.startsWith('https:') && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
		},
		checkReady: () => checkHttp(`${stripeUrl(options.port)}/_control/health`),
		readyTimeoutMs: 30_000,
		stopSignal: 'SIGTERM',
		stopTimeoutMs: 3_000,
	};
}
