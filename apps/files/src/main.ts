import { loadConfig } from '@creatorr/service/config';
import { createLogger } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { createApp } from './app.ts';
import { startBackground } from './background.ts';
import { configSchema } from './config.ts';
import { createDependencies } from './dependencies.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'files', level: config.LOG_LEVEL });

await runProcess(logger, async () => {
	const dependencies = await createDependencies(config, logger);
	const server = await listen(createApp(dependencies), { host: config.HOST, port: config.PORT });
	const background = startBackground(dependencies, config);
	return async () => {
		await Promise.all([closeServer(server), background.stop()]);
		await dependencies.close();
	};
});
