import { requireSessionPooling } from '@creatorr/database/pooling';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { loadAuthConfig } from './config.ts';
import { createAuth } from './dependencies.ts';

const config = configOrExit(() => loadAuthConfig(process.env));
const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL, format: logFormatOf(config) });

await runProcess({ service: 'auth', logger }, async () => {
	await requireSessionPooling({
		databaseUrl: config.AUTH_DATABASE_URL,
		directUrl: config.AUTH_DATABASE_DIRECT_URL,
		directUrlSetting: 'AUTH_DATABASE_DIRECT_URL',
		logger,
	});
	const auth = await createAuth(config, logger);
	const server = await listen(auth.app, { host: config.HOST, port: config.PORT });
	return async () => {
		await closeServer(server);
		await auth.close();
	};
});
