import { setTimeout as sleep } from 'node:timers/promises';
import { requireSessionPooling } from '@creatorr/database/pooling';
import { loadConfig } from '@creatorr/service/config';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, DRAIN_MS, listen, runProcess } from '@creatorr/service/process';
import { createApp } from './app.ts';
import { startBackground } from './background.ts';
import { configSchema } from './config.ts';
import { createDependencies } from './dependencies.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'files', level: config.LOG_LEVEL, format: logFormatOf(config) });

await runProcess({ service: 'files', logger }, async () => {
	await requireSessionPooling({
		databaseUrl: config.FILES_DATABASE_URL,
		directUrl: config.FILES_DATABASE_DIRECT_URL,
		directUrlSetting: 'FILES_DATABASE_DIRECT_URL',
		logger,
	});
	const dependencies = await createDependencies(config, logger);
	const server = await listen(createApp(dependencies), { host: config.HOST, port: config.PORT });
	const background = startBackground(dependencies, config);
	return async () => {
		// Work that a frozen store holds up for longer may be cut: whoever runs next does it again.
		const cut = sleep(DRAIN_MS, undefined, { ref: false });
		await Promise.all([closeServer(server), Promise.race([background.stop(), cut])]);
		await dependencies.close();
	};
});
