import { requireSessionPooling } from '@creatorr/database/pooling';
import { loadConfig } from '@creatorr/service/config';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { ASKING_STRIPE_MS } from './data/connect-database.ts';
import { startBilling } from './dependencies.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'billing', level: config.LOG_LEVEL, format: logFormatOf(config) });

await runProcess({ service: 'billing', logger }, async () => {
	await requireSessionPooling({
		databaseUrl: config.BILLING_DATABASE_URL,
		directUrl: config.BILLING_DATABASE_DIRECT_URL,
		directUrlSetting: 'BILLING_DATABASE_DIRECT_URL',
		timeouts: { idleInTransactionMs: ASKING_STRIPE_MS },
		logger,
	});
	const billing = await startBilling(config, logger);
	const server = await listen(billing.app, { host: config.HOST, port: config.PORT });
	return async () => {
		await closeServer(server);
		await billing.close();
	};
});
