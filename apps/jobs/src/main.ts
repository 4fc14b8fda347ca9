import { requireSessionPooling } from '@creatorr/database/pooling';
import { loadConfig } from '@creatorr/service/config';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { startJobs } from './dependencies.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'jobs', level: config.LOG_LEVEL, format: logFormatOf(config) });

await runProcess({ service: 'jobs', logger }, async () => {
	await requireSessionPooling({
		databaseUrl: config.JOBS_DATABASE_URL,
		directUrl: config.JOBS_DATABASE_DIRECT_URL,
		directUrlSetting: 'JOBS_DATABASE_DIRECT_URL',
		logger,
	});
	const jobs = await startJobs(config, logger);
	const server = await listen(jobs.app, { host: config.HOST, port: config.PORT });
	return async () => {
		await Promise.all([jobs.drain(), closeServer(server)]);
		await jobs.close();
	};
});
